/* What the command line offers. Everything that describes it is made from these tables. */
#include "cli.h"

static const CliOption common_options[] = {
  { "help", 'h', CLI_FLAG, NULL, NULL, FALSE, "Show this help and leave." },
  { "verbose", 'v', CLI_FLAG, NULL, NULL, FALSE, "Say more on stderr: what was read, the receipt of every result." },
  { "quiet", 'q', CLI_FLAG, NULL, NULL, FALSE, "Say nothing on stderr but errors." },
  { "progress", 0, CLI_CHOICE, "WHEN", "auto|never|json", FALSE,
    "A progress bar on stderr: auto (on a terminal, after 2 seconds), never, or json (one object a line)." },
  { "memory-limit", 0, CLI_SIZE, "SIZE", NULL, FALSE,
    "At most so much memory, as in 4GB; the engine spills to a temporary directory beyond it." },
  { "threads", 0, CLI_NUMBER, "N", NULL, FALSE, "Use N threads (default: what PIKA_WORKERS says, else all cores)." },
  { "trace", 0, CLI_FILE, "FILE", NULL, FALSE,
    "Write what ran and what waited, and when, as a Chrome trace: ui.perfetto.dev opens it." },
  { "temp-directory", 0, CLI_DIR, "DIR", NULL, FALSE, "Where to spill (default: the system's temporary directory)." },
  { NULL },
};

static const CliOption file_options[] = {
  { "types", 't', CLI_TEXT, "COL=TYPE", NULL, TRUE, "CSV: read a column as an SQL type, as in zip=VARCHAR." },
  { "nullstr", 0, CLI_TEXT, "TEXT", NULL, TRUE, "CSV: a text that means NULL, as in NA (may be repeated)." },
  { "delim", 'd', CLI_TEXT, "CHAR", NULL, FALSE, "CSV: the delimiter: a character, or tab, comma, semicolon, pipe, space." },
  { "quote", 0, CLI_TEXT, "CHAR", NULL, FALSE, "CSV: the quote character, or none." },
  { "escape", 0, CLI_TEXT, "CHAR", NULL, FALSE, "CSV: the escape character within quotes, or none." },
  { "comment", 0, CLI_TEXT, "CHAR", NULL, FALSE, "CSV: lines that begin with it are passed over." },
  { "header", 0, CLI_TEXT, "N", NULL, FALSE, "CSV: the line that names the columns, counted from 1; none; auto." },
  { "tz", 0, CLI_TEXT, "ZONE", NULL, FALSE, "CSV: the time zone of timestamps that state none, as in Europe/Berlin." },
  { "format-in", 0, CLI_CHOICE, "FORMAT", "csv|json|ndjson|parquet|database", FALSE,
    "What the files are, where their names do not tell." },
  { "rejects", 0, CLI_FILE, "FILE", NULL, FALSE,
    "CSV, JSON: write the records that could not be read, with line and reason, as CSV; - for stderr." },
  { "strict", 0, CLI_FLAG, NULL, NULL, FALSE, "CSV, JSON: leave with status 3 if any record was rejected." },
  { NULL },
};

static const CliOption receipt_options[] = {
  { "receipt", 0, CLI_FILE, "FILE", NULL, FALSE,
    "Write how the result came about, as JSON: backend, rows, bytes, ms a phase; - for stderr." },
  { "backend", 0, CLI_CHOICE, "NAME", "auto|ref|cpu|sql|vulkan", FALSE, "Compute with this backend instead of the cheapest." },
  { "device", 0, CLI_TEXT, "NAME", NULL, FALSE,
    "Which GPU: part of its name or its number in pika devices (default: PIKA_DEVICE, or the best)." },
  { "gpu-memory", 0, CLI_SIZE, "SIZE", NULL, FALSE, "At most so much of its memory, as in 8GB (default: most of what is free)." },
  { NULL },
};

static const CliOption info_options[] = {
  { "json", 0, CLI_FLAG, NULL, NULL, FALSE, "The same as a JSON document." },
  { "bins", 0, CLI_NUMBER, "N", NULL, FALSE, "Bars of a histogram (default 16, at most 64)." },
  { NULL },
};

static const CliOption query_options[] = {
  { "command", 'c', CLI_TEXT, "SQL", NULL, FALSE, "The statement to run." },
  { "file", 'f', CLI_FILE, "FILE", NULL, FALSE, "Read the statement from a file; - for stdin." },
  { "format", 'F', CLI_CHOICE, "FORMAT", "table|csv|json|ndjson|parquet|markdown", FALSE,
    "How to write the rows (default: by the output's name, else table on a terminal and csv elsewhere)." },
  { "output", 'o', CLI_FILE, "FILE", NULL, FALSE, "Where to write them (default: -, stdout)." },
  { "max-rows", 0, CLI_NUMBER, "N", NULL, FALSE, "table: show at most N rows (default 40 on a terminal; 0: all)." },
  { NULL },
};

static const CliOption plot_options[] = {
  { "mark", 'm', CLI_CHOICE, "MARK", "bar|line|area|point|circle|square|tick|rule|rect|text", FALSE,
    "The kind of mark (default: what fits the columns)." },
  { "x", 'x', CLI_TEXT, "F", NULL, FALSE,
    "What x shows: a column, or an aggregate, bin or time unit of one: mean(delay), bin(distance), month(date), "
    "count(); :Q :T :O :N at the end sets its type." },
  { "y", 'y', CLI_TEXT, "F", NULL, FALSE, "What y shows." },
  { "color", 0, CLI_TEXT, "F", NULL, FALSE, "What colour shows." },
  { "size", 0, CLI_TEXT, "F", NULL, FALSE, "What size shows." },
  { "shape", 0, CLI_TEXT, "F", NULL, FALSE, "What shape shows." },
  { "opacity", 0, CLI_TEXT, "F", NULL, FALSE, "What opacity shows, or a number from 0 to 1." },
  { "detail", 0, CLI_TEXT, "F", NULL, TRUE, "Split lines by a column without showing it." },
  { "text", 0, CLI_TEXT, "F", NULL, FALSE, "What a text mark says." },
  { "tooltip", 0, CLI_TEXT, "F", NULL, TRUE, "What a tooltip says." },
  { "order", 0, CLI_TEXT, "F", NULL, FALSE, "The order of stacking, or of a line's points." },
  { "x2", 0, CLI_TEXT, "F", NULL, FALSE, "The other end of a range along x." },
  { "y2", 0, CLI_TEXT, "F", NULL, FALSE, "The other end of a range along y." },
  { "filter", 0, CLI_TEXT, "EXPR", NULL, TRUE, "Keep the rows for which an expression holds, as in 'datum.delay > 0'." },
  { "sql", 0, CLI_TEXT, "SQL", NULL, FALSE, "Plot the answer of a query instead of a table." },
  { "table", 0, CLI_TEXT, "NAME", NULL, FALSE, "Which table, where there are several." },
  { "title", 0, CLI_TEXT, "TEXT", NULL, FALSE, "The title above the plot." },
  { "x-scale", 0, CLI_CHOICE, "TYPE", "linear|log|sqrt|symlog|time|utc", FALSE, "The scale of x." },
  { "y-scale", 0, CLI_CHOICE, "TYPE", "linear|log|sqrt|symlog|time|utc", FALSE, "The scale of y." },
  { "scheme", 0, CLI_TEXT, "NAME", NULL, FALSE, "The colour scheme, as in viridis or tableau20." },
  { "stack", 0, CLI_CHOICE, "HOW", "zero|normalize|center|none", FALSE, "How bars and areas are stacked." },
  { "data", 0, CLI_DIR, "DIR", NULL, FALSE, "What data/NAME means in a specification." },
  { "output", 'o', CLI_FILE, "FILE", NULL, FALSE, "Where to write: a .png, .svg, .pdf or .json file, or - for stdout." },
  { "format", 'F', CLI_CHOICE, "FORMAT", "png|svg|pdf|scene|data|spec", FALSE,
    "A picture; scene: resolved marks, axes and legends as JSON; data: the table behind the marks as CSV; spec: the Vega-Lite "
    "that the flags mean." },
  { "width", 'W', CLI_NUMBER, "PX", NULL, FALSE, "Width of the plotting area." },
  { "height", 'H', CLI_NUMBER, "PX", NULL, FALSE, "Height of the plotting area." },
  { "scale", 0, CLI_NUMBER, "N", NULL, FALSE, "PNG: device pixels a pixel (default 2)." },
  { "ppi", 0, CLI_NUMBER, "N", NULL, FALSE, "PNG: pixels an inch; sets the scale to N/96 unless --scale is given too." },
  { "theme", 0, CLI_CHOICE, "THEME", "light|dark", FALSE, "Colours of background, axes and text." },
  { "transparent", 0, CLI_FLAG, NULL, NULL, FALSE, "Leave the background out." },
  { "density", 0, CLI_NUMBER, "ROWS", NULL, FALSE,
    "Draw points as a density raster from so many rows on (0: always marks)." },
  { NULL },
};

static const CliOption explain_options[] = {
  { "command", 'c', CLI_TEXT, "SQL", NULL, FALSE, "Explain a statement." },
  { "json", 0, CLI_FLAG, NULL, NULL, FALSE, "As a JSON document." },
  { NULL },
};

static const CliOption bench_options[] = {
  { "rows", 0, CLI_NUMBER, "N", NULL, FALSE, "Rows (default 100 million)." },
  { "repeat", 0, CLI_NUMBER, "N", NULL, FALSE, "Runs of each measurement; the median counts (default 5)." },
  { "json", 0, CLI_FILE, "FILE", NULL, FALSE, "Write the measurements as JSON." },
  { "only", 0, CLI_TEXT, "NAME", NULL, TRUE, "Only this measurement." },
  { "device", 0, CLI_TEXT, "NAME", NULL, FALSE, "gpu: which." },
  { "workgroup", 0, CLI_NUMBER, "N", NULL, FALSE, "gpu: invocations of a workgroup." },
  { "data", 0, CLI_FILE, "FILE", NULL, FALSE, "brush: the flights-3m.parquet of vega-datasets (else by PIKA_VEGA_DATASETS)." },
  { "plot", 0, CLI_FILE, "FILE", NULL, FALSE, "Instead: whole plots of the flights table, time and memory." },
  { NULL },
};

static const CliOption top_options[] = {
  { "help", 'h', CLI_FLAG, NULL, NULL, FALSE, "Show this help and leave." },
  { "once", '1', CLI_FLAG, NULL, NULL, FALSE, "Show it once and leave, as is done where stdout is no terminal." },
  { "interval", 'n', CLI_NUMBER, "SECONDS", NULL, FALSE, "On a terminal: how often to ask (default 1)." },
  { "format", 'F', CLI_CHOICE, "FORMAT", "table|json", FALSE, "How to show it (json: once)." },
  { NULL },
};

static const CliOption tune_options[] = {
  { "device", 0, CLI_TEXT, "NAME", NULL, FALSE, "Which GPU: part of its name or its number in pika devices." },
  { "rows", 0, CLI_NUMBER, "N", NULL, FALSE, "Rows of what is timed (default 2^26)." },
  { "quick", 0, CLI_FLAG, NULL, NULL, FALSE, "Few rows and small transfers: seconds, and less to be relied on." },
  { "dry-run", 0, CLI_FLAG, NULL, NULL, FALSE, "Print the figures and keep nothing." },
  { "json", 0, CLI_FILE, "FILE", NULL, FALSE, "Write the figures as JSON." },
  { NULL },
};

static const CliOption help_option[] = {
  { "help", 'h', CLI_FLAG, NULL, NULL, FALSE, "Show this help and leave." },
  { NULL },
};

static const CliOption *const info_groups[] = { info_options, file_options, common_options, NULL };
static const CliOption *const query_groups[] = { query_options, receipt_options, file_options, common_options, NULL };
static const CliOption *const plot_groups[] = { plot_options, receipt_options, file_options, common_options, NULL };
/* explain takes the plot's flags, so that a plot command can be explained by changing its verb. */
static const CliOption explain_plot_options[] = {
  { "mark", 'm', CLI_TEXT, "MARK", NULL, FALSE, "As in pika plot, and so are the options that follow." },
  { "x", 'x', CLI_TEXT, "F", NULL, FALSE, "What x shows." },
  { "y", 'y', CLI_TEXT, "F", NULL, FALSE, "What y shows." },
  { "color", 0, CLI_TEXT, "F", NULL, FALSE, "What colour shows." },
  { "size", 0, CLI_TEXT, "F", NULL, FALSE, "What size shows." },
  { "filter", 0, CLI_TEXT, "EXPR", NULL, TRUE, "Keep the rows for which an expression holds." },
  { "sql", 0, CLI_TEXT, "SQL", NULL, FALSE, "Plot the answer of a query instead of a table." },
  { "table", 0, CLI_TEXT, "NAME", NULL, FALSE, "Which table, where there are several." },
  { "data", 0, CLI_DIR, "DIR", NULL, FALSE, "What data/NAME means in a specification." },
  { "x-scale", 0, CLI_TEXT, "TYPE", NULL, FALSE, "The scale of x." },
  { "y-scale", 0, CLI_TEXT, "TYPE", NULL, FALSE, "The scale of y." },
  { "width", 'W', CLI_NUMBER, "PX", NULL, FALSE, "Width of the plotting area." },
  { "height", 'H', CLI_NUMBER, "PX", NULL, FALSE, "Height of the plotting area." },
  { "density", 0, CLI_NUMBER, "ROWS", NULL, FALSE, "Draw points as a density raster from so many rows on." },
  { NULL },
};
static const CliOption explain_backend[] = {
  { "backend", 0, CLI_CHOICE, "NAME", "auto|ref|cpu|sql|vulkan", FALSE, "Compute with this backend instead of the cheapest." },
  { "device", 0, CLI_TEXT, "NAME", NULL, FALSE,
    "Which GPU: part of its name or its number in pika devices (default: PIKA_DEVICE, or the best)." },
  { "gpu-memory", 0, CLI_SIZE, "SIZE", NULL, FALSE, "At most so much of its memory, as in 8GB (default: most of what is free)." },
  { NULL },
};
static const CliOption *const explain_groups[] = { explain_options, explain_backend, explain_plot_options, file_options,
                                                   common_options, NULL };
static const CliOption render_options[] = {
  { "output", 'o', CLI_FILE, "DIR|FILE", NULL, FALSE,
    "Where to write them: a folder, or, if the workspace has one plot, a file (default: the current folder)." },
  { "format", 'F', CLI_CHOICE, "FORMAT", "png|svg|pdf", FALSE, "What to write (default: by the output's name, else png)." },
  { "source", 0, CLI_TEXT, "NAME=FILE", NULL, TRUE,
    "Read FILE in place of a source, named by its table or its id (may be repeated)." },
  { "scale", 0, CLI_NUMBER, "N", NULL, FALSE, "png: pixels a px (default 2)." },
  { "theme", 0, CLI_CHOICE, "NAME", "light|dark", FALSE, "Colours of the plots." },
  { NULL },
};
static const CliOption *const render_groups[] = { render_options, common_options, NULL };
static const CliOption *const bench_groups[] = { bench_options, common_options, NULL };
static const CliOption *const top_groups[] = { top_options, NULL };
static const CliOption *const devices_groups[] = { help_option, NULL };
static const CliOption *const tune_groups[] = { tune_options, help_option, NULL };
static const CliOption *const document_groups[] = { help_option, NULL };

static const CliExample info_examples[] = {
  { "pika info flights.parquet", "columns, types, ranges and histograms" },
  { "pika info sales.csv --types zip=VARCHAR --rejects bad.csv", "say how to read a column; keep what did not fit" },
  { "zcat log.csv.gz | pika info -", "from standard input" },
  { NULL, NULL },
};

static const CliExample query_examples[] = {
  { "pika query flights.parquet -c 'SELECT origin, avg(delay) FROM flights GROUP BY origin'", "files are tables by name" },
  { "pika query a.csv b.csv -c 'SELECT * FROM a JOIN b USING (id)' -o joined.parquet", "two files, one Parquet file" },
  { "pika query old=2023/sales.csv new='2024/*.csv' -c 'FROM new ANTI JOIN old USING (id)'", "tables by names of your own" },
  { "pika query 'logs/*.csv.gz' -f report.sql --format ndjson | jq .", "many files, one table; into a pipe" },
  { NULL, NULL },
};

static const CliExample plot_examples[] = {
  { "pika plot cars.csv --mark point --x Horsepower --y Miles_per_Gallon --color Origin -o cars.png", "a scatter plot" },
  { "pika plot flights.parquet --mark bar --x 'bin(delay)' --y 'count()' -o delay.svg", "a histogram of every row" },
  { "pika plot flights.parquet --mark point --x distance --y delay -o density.png", "three million points: a density raster" },
  { "pika plot chart.vl.json --data data/ -o chart.pdf", "a Vega-Lite specification" },
  { "pika plot cars.csv --x Horsepower --y 'count()' --format spec", "the specification that the flags mean" },
  { NULL, NULL },
};

static const CliExample explain_examples[] = {
  { "pika explain flights.parquet -c 'SELECT origin, count(*) FROM flights GROUP BY 1'", "what a statement becomes" },
  { "pika explain flights.parquet --mark bar --x 'bin(delay)' --y 'count()'", "what a plot asks, and of whom" },
  { NULL, NULL },
};

static const CliExample render_examples[] = {
  { "pika render report.pika -o pictures", "every plot of a workspace, as PNG" },
  { "pika render report.pika -o delay.pdf --source flights=2025.csv", "its only plot, over another file" },
  { NULL, NULL },
};

static const CliExample bench_examples[] = {
  { "pika bench", "all measurements against DuckDB, 100 million rows" },
  { "pika bench --rows 10000000 --json bench.json", "fewer rows; keep the figures" },
  { "pika bench runtime", "the runtime: lateness, costs, cancels" },
  { "pika bench view", "live plots: a picture while one zooms, pans or brushes" },
  { "pika bench gpu --rows 268435456", "the GPU's kernels, by its own clock, each answer checked" },
  { NULL, NULL },
};

static const CliExample top_examples[] = {
  { "pika top", "look on, once a second; q leaves" },
  { "pika top --format json | jq '.processes[].jobs'", "what runs and waits now, for a script" },
  { NULL, NULL },
};

static const CliExample no_examples[] = { { NULL, NULL } };

const CliVerb cli_verbs[] = {
  { "info", "show the columns of tables: types, ranges, NULLs and a small histogram of each",
    "pika info [OPTION…] FILE…",
    "Files may be CSV, TSV, JSON, NDJSON (also packed: .gz, .zst), Parquet or DuckDB databases, a quoted glob of one "
    "shape, or - for standard input. NAME=FILE gives the table a name. Every record of a CSV or JSON file is accounted for: "
    "read = loaded + rejected.",
    info_examples, info_groups, FALSE, cli_run_info },
  { "query", "run SQL over files",
    "pika query [OPTION…] [FILE…] -c SQL | -f FILE",
    "Each file is a table, named by the file without its ending; what a name in SQL cannot hold becomes _: "
    "logs/flights-3m.csv is flights_3m, 2024.csv is _2024. NAME=FILE gives another name, also to a pattern or to -. The SQL is DuckDB's; of several "
    "statements, the last one's rows are written. An output whose name ends in .gz is compressed.",
    query_examples, query_groups, FALSE, cli_run_query },
  { "plot", "draw a plot of every row, from flags or a Vega-Lite specification",
    "pika plot [OPTION…] FILE… | SPEC.vl.json",
    "A specification may read only the files beside it, below --data, or named on the command line; a data url that "
    "is no file is the one named here whose name is the same. NAME=FILE gives a table a name, for --table and --sql.",
    plot_examples, plot_groups, FALSE, cli_run_plot },
  { "explain", "show the plan of a query or plot: its SQL, the backend chosen and the estimates",
    "pika explain [OPTION…] [FILE…] -c SQL | PLOT-OPTIONS | SPEC.vl.json", NULL,
    explain_examples, explain_groups, FALSE, cli_run_explain },
  { "render", "draw the plots of a workspace", "pika render [OPTION…] WORKSPACE.pika",
    "Draws every plot of a workspace that was made in the application, without a window. Only its own sources are read, and "
    "nothing runs but SELECTs. A plot that cannot be drawn says why; the others are drawn.",
    render_examples, render_groups, FALSE, cli_run_render },
  { "top", "show what runs and what waits in Pika-Plot, lane by lane", "pika top [OPTION…]",
    "Every pika command that takes longer than 0.1 s, and every program that publishes its runtime, answers whoever of the "
    "same user asks what it does, through a socket in $XDG_RUNTIME_DIR/pika-plot that nobody else can open. To ask does not "
    "hold it up. --trace FILE records the same of one command from its start to its end.",
    top_examples, top_groups, FALSE, cli_run_top },
  { "devices", "list the GPUs that can compute, and what they lack", "pika devices", NULL,
    no_examples, devices_groups, FALSE, cli_run_devices },
  { "tune", "measure a GPU, and keep the sizes at which its kernels and transfers are fastest", "pika tune [OPTION…]",
    "What is found is kept in the user's cache directory, a file for each GPU and driver, and used from then on.",
    no_examples, tune_groups, FALSE, cli_run_tune },
  { "bench", "measure this machine: aggregations against DuckDB in one run",
    "pika bench [OPTION…] [runtime | gpu | transfer | crossover | brush | view]",
    "With gpu: each kernel of a GPU against its goal; transfer: columns to it; crossover: from how many rows on it is the "
    "fastest; brush: three linked histograms. With runtime: how late a main loop and interactive work are when all workers are "
    "busy, what a job costs, how soon a cancel is obeyed, and whether any of it leaks; view: "
    "a picture of a live plot while one zooms, pans or brushes.", bench_examples, bench_groups, FALSE, cli_run_bench },
  { "document", "write the man page or shell completions", "pika document man|bash|zsh|fish", NULL,
    no_examples, document_groups, TRUE, cli_run_document },
  { NULL },
};
