# Thin calls: Meson builds, and each tool in tools/ explains itself. `make help` lists the goals.
BUILD ?= build
DUCKDB ?=
FUZZ_SECONDS ?= 60
PREFIX ?= /usr/local
export PIKA_DEPS DUCKDB FUZZ_SECONDS

OPTIONS := $(if $(DUCKDB),-Dduckdb=$(abspath $(DUCKDB)),$(if $(PIKA_DEPS),-Dduckdb=$(abspath $(PIKA_DEPS))/duckdb))
SANITIZE := -Db_sanitize=address,undefined -Db_lundef=false
TESTS := $(BUILD) $(if $(WITH_SANITIZERS),build-san:unit)

.PHONY: all app setup demo test check-sanitizers check-threads fuzz bench install clean help
.NOTPARALLEL:

all: setup
	@tools/build $(BUILD) --prefix=$(PREFIX) $(OPTIONS)

# The desktop application; `all` builds it too, where GTK is.
app:
	@tools/setup build app
	@tools/build $(BUILD) --prefix=$(PREFIX) $(OPTIONS) -Dapp=enabled

setup:
	@tools/setup build

demo:
	@tools/setup build data
	@tools/build $(BUILD) --prefix=$(PREFIX) $(OPTIONS) -- cli/pika
	@tools/demo $(BUILD)

test:
	@tools/setup build app test data
	@tools/build $(BUILD) --prefix=$(PREFIX) $(OPTIONS) -Dapp=enabled
	@$(if $(WITH_SANITIZERS),tools/build build-san $(SANITIZE) $(OPTIONS))
	@tools/run-tests $(TESTS)

check-sanitizers:
	@tools/setup build test data
	@tools/build build-san $(SANITIZE) $(OPTIONS)
	@tools/run-tests build-san:unit build-san:device

# The tests in which threads meet; the suite of that name.
check-threads:
	@tools/setup build test
	@tools/build build-tsan -Db_sanitize=thread -Db_lundef=false $(OPTIONS) -- threaded-tests
	@tools/run-tests build-tsan:threads

fuzz:
	@tools/setup build fuzz
	@CC=clang tools/build build-fuzz -Dfuzz=true $(SANITIZE) $(OPTIONS) -- fuzz-programs
	@tools/run-fuzz build-fuzz

bench: all
	@tools/setup build data
	@$(BUILD)/cli/pika bench $(BENCH)

install: all
	@meson install -C $(BUILD) --no-rebuild

clean:
	rm -rf $(BUILD) build-san build-tsan build-fuzz out

help:
	@echo 'make                   fetch what is missing and build'
	@echo 'make app               fetch what is missing and build the desktop application too'
	@echo 'make demo              plot three million flights into out/'
	@echo 'make test              run all tests; the last line counts them'
	@echo 'make check-sanitizers  run the unit tests under ASan and UBSan'
	@echo 'make check-threads     run the tests of runtime, session and source under ThreadSanitizer'
	@echo 'make fuzz              fuzz each parser for FUZZ_SECONDS (60)'
	@echo 'make bench             measure speed and memory against DuckDB'
	@echo 'make install           install below PREFIX (/usr/local), DESTDIR is honoured'
	@echo 'make clean             remove what was built; .deps/ stays'
	@echo
	@echo 'DUCKDB=DIR     use the libduckdb.so and duckdb.h of DIR instead of fetching them'
	@echo 'PIKA_DEPS=DIR  keep what is fetched in DIR instead of .deps/'
	@echo 'BUILD=DIR      build in DIR instead of build/'
