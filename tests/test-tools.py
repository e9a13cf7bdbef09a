#!/usr/bin/env python3
"""TAP tests of the tools that set up, count and check: against a package server of their own.

usage: test-tools.py SOURCE_ROOT
"""
import base64
import hashlib
import http.server
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import threading
import traceback

ROOT = pathlib.Path(sys.argv[1]).resolve()
MACHINE = 'pdp11'


def archive(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w:gz') as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return out.getvalue()


def integrity(data):
    return 'sha512-' + base64.b64encode(hashlib.sha512(data).digest()).decode()


class Registry:
    """A package server on this machine: what it gives, what it was asked, and how."""

    def __enter__(self):
        self.pages, self.asked, self.tokens = {}, [], []
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                registry.asked.append(self.path)
                registry.tokens.append(self.headers.get('Authorization'))
                page = registry.pages.get(self.path)
                self.send_response(200 if page is not None else 404)
                self.end_headers()
                self.wfile.write(page or b'')

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *args):
        self.server.shutdown()
        self.server.server_close()


class Place:
    """An empty home and dependency folder, and a lock of one library and one folder of tables."""

    def __init__(self, folder, registry):
        self.home, self.deps = folder / 'home', folder / 'deps'
        self.home.mkdir()
        self.registry = registry
        self.env = {'PATH': '/usr/bin:/bin', 'HOME': str(self.home), 'npm_config_registry': registry.url}
        self.library = archive({'package/lib.so': b'library', 'package/other': b'not wanted'})
        tables = archive({'package/data/a.csv': b'x\n1\n', 'package/data/sub/b.csv': b'y\n'})
        registry.pages = {'/@who/lib/-/lib-1.0.0.tgz': self.library, '/tables/-/tables-2.0.0.tgz': tables}
        self.packages = [
            {'name': '@who/lib', 'version': '1.0.0', 'what': 'the library', 'group': 'duckdb', 'machine': MACHINE,
             'integrity': integrity(self.library), 'files': {'package/lib.so': 'duckdb/lib.so'}},
            {'name': 'tables', 'version': '2.0.0', 'what': 'the tables', 'group': 'data',
             'integrity': integrity(tables), 'files': {'package/data/': 'tables/'}}]
        self.lock = folder / 'deps.lock'

    def fetch(self, *groups, machine=MACHINE):
        self.lock.write_text(json.dumps({'packages': self.packages}))
        return subprocess.run([sys.executable, ROOT / 'tools' / 'fetch-deps', '--deps', self.deps, '--lock', self.lock,
                               '--machine', machine, *(groups or ('duckdb', 'data'))],
                              env=self.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def files(self):
        return sorted(str(p.relative_to(self.deps)) for p in self.deps.rglob('*') if p.is_file())


def one_line(done):
    lines = [x for x in done.stderr.splitlines() if not x.startswith('setup: fetching')]
    assert done.returncode != 0 and len(lines) == 1, done
    assert lines[0].startswith('setup: missing: '), lines
    return lines[0]


def test_fetch_places_what_the_lock_names(place):
    done = place.fetch()
    assert done.returncode == 0, done.stderr
    assert place.files() == ['duckdb/lib.so', 'installed.json', 'tables/a.csv', 'tables/sub/b.csv'], place.files()
    assert (place.deps / 'duckdb/lib.so').read_bytes() == b'library'


def test_second_run_asks_nothing(place):
    place.fetch()
    asked = len(place.registry.asked)
    place.env['npm_config_registry'] = 'http://127.0.0.1:9'
    done = place.fetch()
    assert done.returncode == 0 and done.stderr == '', done
    assert asked == len(place.registry.asked) == 2, place.registry.asked


def test_damaged_file_is_fetched_again(place):
    place.fetch()
    (place.deps / 'duckdb/lib.so').write_bytes(b'lib')
    assert place.fetch().returncode == 0
    assert (place.deps / 'duckdb/lib.so').read_bytes() == b'library'
    assert len(place.registry.asked) == 3, 'only the damaged package'


def test_new_pin_replaces_the_old(place):
    place.fetch()
    newer = archive({'package/lib.so': b'newer library'})
    place.registry.pages['/@who/lib/-/lib-1.0.1.tgz'] = newer
    place.packages[0].update(version='1.0.1', integrity=integrity(newer))
    assert place.fetch().returncode == 0
    assert (place.deps / 'duckdb/lib.so').read_bytes() == b'newer library'


def test_other_bytes_are_refused(place):
    place.registry.pages['/@who/lib/-/lib-1.0.0.tgz'] = archive({'package/lib.so': b'something else'})
    line = one_line(place.fetch('duckdb'))
    assert '@who/lib 1.0.0' in line and 'refused' in line and 'sha512-' in line, line
    assert place.files() == ['installed.json'], place.files()


def test_one_refusal_keeps_the_rest(place):
    place.registry.pages['/@who/lib/-/lib-1.0.0.tgz'] = b'junk'
    one_line(place.fetch())
    assert (place.deps / 'tables/a.csv').exists() and not (place.deps / 'duckdb').exists()


def test_offline_is_one_line(place):
    place.env['npm_config_registry'] = 'http://127.0.0.1:9'
    line = one_line(place.fetch())
    assert 'the library (@who/lib 1.0.0)' in line and 'the tables' in line and 'refused' in line.lower(), line
    assert place.files() == ['installed.json'], place.files()


def test_npmrc_of_the_user_counts(place):
    del place.env['npm_config_registry']
    host = place.registry.url.split(':', 1)[1]
    (place.home / '.npmrc').write_text(f'; mine\n@who:registry={place.registry.url}\n{host}/:_authToken=${{TOKEN}}\n')
    place.env['TOKEN'] = 'secret'
    done = place.fetch('duckdb')
    assert done.returncode == 0, done.stderr
    assert place.registry.tokens == ['Bearer secret'], place.registry.tokens


def test_registry_that_names_its_own_addresses(place):
    place.registry.pages = {'/elsewhere.tgz': place.library, '/@who%2Flib': json.dumps(
        {'versions': {'1.0.0': {'dist': {'tarball': place.registry.url + '/elsewhere.tgz'}}}}).encode()}
    done = place.fetch('duckdb')
    assert done.returncode == 0, done.stderr


def test_archive_without_the_file(place):
    place.packages[0]['files']['package/absent.h'] = 'duckdb/absent.h'
    assert 'has no package/absent.h' in one_line(place.fetch('duckdb'))


def test_path_that_leaves_the_folder(place):
    evil = archive({'package/data/../../../out': b'x'})
    place.registry.pages['/tables/-/tables-2.0.0.tgz'] = evil
    place.packages[1]['integrity'] = integrity(evil)
    assert 'leaves the folder' in one_line(place.fetch('data'))
    assert place.files() == ['installed.json'], place.files()


def test_machine_without_a_library(place):
    assert 'none for vax' in one_line(place.fetch('duckdb', machine='vax'))


def test_real_lock_is_complete(place):
    lock = json.loads((ROOT / 'tools' / 'deps.lock').read_text())
    machines = {p.get('machine') for p in lock['packages'] if p['group'] == 'duckdb'}
    assert machines == {'x86_64', 'aarch64', None}, machines
    for package in lock['packages']:
        kind, _, text = package['integrity'].partition('-')
        assert kind == 'sha512' and len(base64.b64decode(text)) == 64, package['name']


def test_duckdb_of_the_user_is_checked(place):
    env = dict(os.environ, DUCKDB=str(place.home))
    done = subprocess.run([ROOT / 'tools' / 'setup', 'build'], env=env, text=True, stderr=subprocess.PIPE)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done.stderr
    assert 'libduckdb.so' in done.stderr and str(place.home) in done.stderr, done.stderr


PROGRAMS = {
    'good': "print('1..2'); print('ok 1 a'); print('ok 2 b # SKIP no disk')",
    'bad': "print('1..3'); print('ok 1 a'); print('# because'); print('not ok 2 - b'); print('ok 3 c'); raise SystemExit(1)",
    'crash': "import os; print('1..4', flush=True); print('ok 1 a', flush=True); os.abort()",
    'late': "print('1..1'); print('ok 1 a'); raise SystemExit(9)",
    'none': "print('1..0 # SKIP nothing here')",
    'mute': "raise SystemExit(7)",
    'slow': "import time; print('1..2'); print('ok 1 a', flush=True); time.sleep(60)",
}


def test_counting(place):
    project = place.home / 'project'
    project.mkdir()
    lines = ["project('p')", "python = import('python').find_installation('python3')"]
    for name, text in PROGRAMS.items():
        (project / (name + '.py')).write_text(text + '\n')
        lines.append(f"test('{name}', python, args: files('{name}.py'), protocol: 'tap', timeout: 2)")
    (project / 'meson.build').write_text('\n'.join(lines) + '\n')
    subprocess.run(['meson', 'setup', 'build'], cwd=project, check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run([ROOT / 'tools' / 'run-tests', 'build'], cwd=project, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    # good 1+0+1 skipped; bad 2+1; crash 1+3; late 1+1; none 1 skipped; mute 0+1; slow 1+1
    assert done.stdout.splitlines()[-1] == '6 passed, 7 failed, 2 skipped', done.stdout
    assert done.returncode == 1
    for text in ('FAILED bad: b', '# because', 'stopped after 1 of 4', 'late: ', 'mute: ', 'slow: '):
        assert text in done.stdout, (text, done.stdout)


def test_layout_sees_what_is_wrong(place):
    files = {
        'engine/base/pk-a.h': '#include "pk-b.h"\n',
        'engine/arrow/pk-b.h': '#include <duckdb.h>\n',
        'engine/backend/ref/pk-c.c': '#include "pk-d.h"\nint f(char *s) { return atoi(s); }\n',
        'engine/backend/cpu/pk-d.h': 'undeclared_type x;\n/* atoi( in a comment is no call */\n',
        'engine/odd/pk-e.c': 'int x;\n' * 801,
        'cli/main.c': '#include "pk-a.h"\n',
    }
    for name, text in files.items():
        (place.home / name).parent.mkdir(parents=True, exist_ok=True)
        (place.home / name).write_text(text)
    script = [sys.executable, ROOT / 'tests' / 'check-layout.py', place.home]
    runs = [subprocess.run(script + more, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for more in ([], ['headers'])]
    assert [run.returncode for run in runs] == [1, 1], runs
    out = runs[0].stdout + runs[1].stdout
    bad = {line.split(' - ', 1)[1] for line in out.splitlines() if line.startswith('not ok')}
    for text in ('engine/base includes', 'engine/backend/ref includes', 'engine/odd stands', 'cli knows',
                 'DuckDB is known', 'no file has more', 'no call that', 'engine/backend/cpu/pk-d.h compiles'):
        assert any(line.startswith(text) for line in bad), (text, out)
    assert not any(line.startswith('GTK') for line in bad), bad
    assert out.count('atoi()') == 1, out


def main():
    tests = [(name[5:].replace('_', ' '), f) for name, f in globals().items() if name.startswith('test_')]
    print(f'1..{len(tests)}')
    failed = 0
    for number, (name, function) in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as folder, Registry() as registry:
            try:
                function(Place(pathlib.Path(folder), registry))
                print(f'ok {number} - {name}', flush=True)
            except Exception:
                failed = 1
                print('# ' + traceback.format_exc().rstrip().replace('\n', '\n# '))
                print(f'not ok {number} - {name}', flush=True)
    sys.exit(failed)


if __name__ == '__main__':
    main()
