#!/usr/bin/env python3
"""The command line as a person meets it: what it prints, where, and its exit status.

usage: test-cli.py PIKA        (TAP on stdout)

Every case runs the real program in a folder of its own. Bad input must give one
line with the path and the reason, the right status, and no partial output.
"""
import fcntl
import gzip
import json
import os
import pathlib
import pty
import re
import resource
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata

PIKA = os.path.abspath(sys.argv[1])
CASES = []


def case(f):
    CASES.append(f)
    return f


class Run:
    def __init__(self, cwd):
        self.cwd = pathlib.Path(cwd)

    def write(self, name, data):
        path = self.cwd / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return name

    def __call__(self, *args, stdin=b'', timeout=120, env=None, preexec=None):
        # A call that blocks the main loop ends the program.
        full = dict(os.environ, PIKA_CHECK_BLOCKING='1', **(env or {}))
        done = subprocess.run([PIKA, *args], cwd=self.cwd, input=stdin, capture_output=True, timeout=timeout,
                              env=full, preexec_fn=preexec)
        self.out = done.stdout.decode(errors='replace')
        self.raw = done.stdout
        self.err = done.stderr.decode(errors='replace')
        return done.returncode

    def ok(self, *args, **kw):
        code = self(*args, **kw)
        assert code == 0, f'{args}: status {code}\n{self.err}'
        return self.out

    def fails(self, status, path, *args, **kw):
        """One line on stderr that names the path (or text), nothing on stdout."""
        code = self(*args, **kw)
        assert code == status, f'{args}: status {code}, expected {status}\n{self.err}'
        lines = self.err.strip().split('\n')
        assert len(lines) == 1 and lines[0], f'{args}: not one line:\n{self.err}'
        assert path in self.err, f'{args}: "{path}" is not in: {self.err}'
        assert self.out == '', f'{args}: stdout is not empty: {self.out[:200]}'
        return self.err

    def files(self):
        return sorted(p.name for p in self.cwd.iterdir())


ROWS = 'id,name,score\n1,ann,1.5\n2,bob,\n3,"c, d",-2\n'


# --- help and usage ---

@case
def files_open_a_window(run):
    """Without a verb, files are handed to the application beside the program."""
    run.write('a.csv', 'x\n1\n')
    run.write('b.csv', 'x\n2\n')
    shutil.copy(PIKA, run.cwd / 'pika')
    command = run.cwd / 'pika-plot'
    command.write_text('#!/bin/sh\necho window "$@"\n')
    command.chmod(0o755)
    env = dict(os.environ, LD_LIBRARY_PATH=':'.join(
        {os.path.dirname(line.split('=> ')[1].split(' (')[0]) for line in
         subprocess.run(['ldd', PIKA], capture_output=True, text=True).stdout.splitlines()
         if 'libpika' in line or 'libduckdb' in line}))
    done = subprocess.run([run.cwd / 'pika', 'a.csv', 'b.csv'], cwd=run.cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == 'window a.csv b.csv\n', done
    command.unlink()
    done = subprocess.run([run.cwd / 'pika', 'a.csv'], cwd=run.cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 1 and 'pika-plot has to be installed' in done.stderr, done
    assert run('a.csv', 'nowhere.csv') == 2 and 'nothing but files that exist' in run.err, run.err


@case
def help_shows_examples_first(r):
    for args in (['--help'], ['plot', '--help'], ['help', 'query']):
        assert r.ok(*args).startswith('Examples:'), args


@case
def version_names_the_engine(r):
    assert 'DuckDB' in r.ok('--version')


@case
def no_arguments_is_usage(r):
    assert r() == 2


@case
def typos_are_suggested(r):
    assert 'did you mean pika query?' in r.fails(2, 'qury', 'qury')
    assert 'did you mean --json?' in r.fails(2, '--jsn', 'info', '--jsn', 'x')
    assert 'did you mean csv?' in r.fails(2, 'csvv', 'query', '--format', 'csvv', '-c', 'select 1')


@case
def wrong_usage_is_status_2(r):
    r.fails(2, 'name a file', 'info')
    r.fails(2, '--memory-limit', 'info', '--memory-limit')
    r.fails(2, 'lots', 'info', '--memory-limit', 'lots', 'x.csv')
    r.fails(2, '--threads', 'info', '--threads', '1.5', 'x.csv')
    r.fails(2, '-c SQL', 'query')


@case
def documents_are_made(r):
    man = r.ok('document', 'man')
    for verb in ('info', 'query', 'plot', 'explain', 'top', 'bench'):
        assert f'.SS pika {verb}' in man
    for shell in ('bash', 'zsh', 'fish'):
        assert 'plot' in r.ok('document', shell)
    if shutil.which('bash'):
        r.write('c.bash', r.ok('document', 'bash'))
        script = 'source c.bash; COMP_WORDS=(pika qu); COMP_CWORD=1; _pika; echo "${COMPREPLY[@]}"'
        out = subprocess.run(['bash', '-c', script], cwd=r.cwd, capture_output=True, text=True)
        assert out.stdout.strip() == 'query', out


# --- query ---

@case
def formats(r):
    r.write('t.csv', ROWS)
    sql = 'select * from t order by id'
    assert r.ok('query', 't.csv', '-c', sql, '--format', 'csv') == 'id,name,score\n1,ann,1.5\n2,bob,\n3,"c, d",-2.0\n'
    rows = json.loads(r.ok('query', 't.csv', '-c', sql, '--format', 'json'))
    assert rows[1] == {'id': 2, 'name': 'bob', 'score': None} and rows[2]['score'] == -2
    lines = r.ok('query', 't.csv', '-c', sql, '--format', 'ndjson').splitlines()
    assert [json.loads(x)['id'] for x in lines] == [1, 2, 3]
    assert '| ---: |' in r.ok('query', 't.csv', '-c', sql, '--format', 'markdown')
    table = r.ok('query', 't.csv', '-c', sql, '--format', 'table')
    assert 'NULL' in table and 'c, d' in table


@case
def exact_values(r):
    sql = ("select 9223372036854775807::bigint a, 18446744073709551615::ubigint b, "
           "170141183460469231731687303715884105727::hugeint c, 1.50::decimal(9,2) d, date '2024-02-29' e, "
           "timestamp '2024-01-01 00:00:00' f, timestamptz '2024-01-01 00:00:00+02' g, true h, null i")
    for zone in ('UTC', 'America/Los_Angeles', 'Asia/Tokyo'):
        out = r.ok('query', '-c', sql, '--format', 'csv', env={'TZ': zone}).splitlines()[1]
        assert out == ('9223372036854775807,18446744073709551615,170141183460469231731687303715884105727,1.50,'
                       '2024-02-29,2024-01-01 00:00:00,2023-12-31 22:00:00+00,true,'), out


@case
def locale_does_not_matter(r):
    out = r.ok('query', '-c', 'select 1.5::double x', '--format', 'csv', env={'LC_ALL': 'de_DE.UTF-8'})
    assert out == 'x\n1.5\n'


@case
def empty_text_is_not_null(r):
    assert r.ok('query', '-c', "select '' a, null b, 'x' c", '--format', 'csv') == 'a,b,c\n"",,x\n'


@case
def output_by_name_and_parquet_round_trip(r):
    r.write('t.csv', ROWS)
    r.ok('query', 't.csv', '-c', 'from t', '-o', 'u.parquet')
    assert r.ok('query', 'u.parquet', '-c', 'select count(*) n from u', '--format', 'csv') == 'n\n3\n'
    r.ok('query', 'u.parquet', '-c', 'from u', '-o', 'u.json')
    assert len(json.loads((r.cwd / 'u.json').read_text())) == 3
    r.ok('query', 't.csv', '-c', 'from t', '--format', 'parquet')
    assert r.raw[:4] == b'PAR1'
    assert r.files() == ['t.csv', 'u.json', 'u.parquet']


@case
def statement_from_file_and_stdin(r):
    r.write('q.sql', 'select 7 as n -- a comment')
    assert r.ok('query', '-f', 'q.sql', '--format', 'csv') == 'n\n7\n'
    assert r.ok('query', '-f', '-', '--format', 'csv', stdin=b'select 8 as n;') == 'n\n8\n'


@case
def data_from_stdin(r):
    assert r.ok('query', '-', '-c', 'select sum(id) s from stdin', '--format', 'csv', stdin=ROWS.encode()) == 's\n6\n'


@case
def gzip_and_glob(r):
    r.write('a.csv.gz', gzip.compress(ROWS.encode()))
    assert r.ok('query', 'a.csv.gz', '-c', 'select count(*) n from a', '--format', 'csv') == 'n\n3\n'
    r.write('d/1.csv', ROWS)
    r.write('d/2.csv', ROWS)
    out = r.ok('info', 'd/*.csv', '--json')
    assert json.loads(out)[0]['rows'] == 6, out


@case
def statements_without_rows_say_what_they_did(r):
    assert r.ok('query', '-c', 'create table t(a int)') == '' and r.err == 'done\n', r.err
    assert r.ok('query', '-c', 'create table t(a int); insert into t from range(1234)') == ''
    assert r.err == 'done: 1,234 rows\n', r.err
    assert r.ok('query', '-q', '-c', 'set threads = 1', '-o', 'nothing.csv') == '' and r.err == ''
    assert r.files() == []
    assert r.ok('query', '-c', 'create table t as select 1 a; insert into t values (2) returning a') == 'a\n2\n'
    r.ok('query', '-c', 'create table t as select 1 a', '--receipt', 'r.json')
    assert json.loads((r.cwd / 'r.json').read_text())['rows_changed'] == 1


@case
def tables_are_named_on_the_command_line(r):
    r.write('a.csv', 'id\n1\n')
    r.write('p/1.csv', 'id\n1\n')
    r.write('p/2.csv', 'id\n2\n')
    r.write('year=2024/b.csv', 'id\n7\n')
    r.write('c=d.csv', 'id\n8\n')
    assert r.ok('query', 'x=a.csv', 'y=p/*.csv', '-c', 'from y anti join x using (id)') == 'id\n2\n'
    assert r.ok('query', 'x=-', '-c', 'from x', stdin=b'id\n5\n') == 'id\n5\n'
    assert r.ok('query', 'year=2024/*.csv', 'year=2024/b.csv', '-c', 'from b') == 'id\n7\n'
    assert r.ok('query', 'c=d.csv', 'e=c=d.csv', '-c', 'from c_d, e') == 'id,id\n8,8\n'
    assert json.loads(r.ok('info', 'x=a.csv', '--json'))[0]['name'] == 'x'
    assert '<svg' in r.ok('plot', 'x=a.csv', 'y=p/*.csv', '--table', 'y', '--mark', 'point', '--x', 'id', '-o', '-', '--format', 'svg')
    r.fails(2, 'there is a table "x" already', 'query', 'x=a.csv', 'x=p/1.csv', '-c', 'from x')
    r.fails(2, 'NAME=FILE', 'query', 'x=', '-c', 'from x')
    r.fails(1, 'none.csv', 'query', 'x=none.csv', '-c', 'from x')
    assert 'NAME=FILE' in r.ok('query', '--help') and 'NAME=FILE' in r.ok('document', 'man')


@case
def a_data_url_is_the_file_of_its_name_that_was_named(r):
    spec = {'data': {'url': 'data/p.csv'}, 'mark': 'point', 'encoding': {'x': {'field': 'x', 'type': 'quantitative'}}}
    r.write('s/c.vl.json', json.dumps(spec))
    r.write('p.csv', 'x\n1\n')
    r.fails(1, '--data DIR', 'plot', 's/c.vl.json', '-o', 'o.svg')
    r.ok('plot', 's/c.vl.json', 'p.csv', '-o', 'o.svg')
    r.ok('plot', 's/c.vl.json', 't=p.csv', '-o', 'o.svg')
    r.write('q.csv', 'x\n1\n')
    r.fails(1, 's/data/p.csv', 'plot', 's/c.vl.json', 'q.csv', '-o', 'o.svg')


@case
def other_formats_say_how_to_convert(r):
    for name, data, word in (('a.arrow', b'ARROW1\0\0', 'Arrow'), ('a.feather', b'FEA1\0\0', 'Feather'),
                             ('a.xlsx', b'PK\3\4', 'spreadsheet'), ('a.db', b'SQLite format 3\0', 'SQLite')):
        r.write(name, data + b'x' * 40)
        assert word in r.fails(1, name, 'info', name) and 'convert it' in r.err, r.err


@case
def an_unknown_column_is_told_with_the_nearest(r):
    r.write('a.csv', 'Horsepower,Weight\n1,2\n')
    r.fails(1, 'did you mean "Horsepower"?', 'plot', 'a.csv', '--mark', 'point', '--x', 'mean(Horspower)', '-o', 'o.svg')
    r.fails(1, 'there are Horsepower, Weight', 'plot', 'a.csv', '--mark', 'point', '--x', 'zzz', '-o', 'o.svg')


@case
def bad_sql_says_where(r):
    r.fails(1, 'nope', 'query', '-c', 'select * from nope')
    r.fails(1, 'selec', 'query', '-c', 'selec 1')


@case
def receipt_is_json(r):
    r.write('t.csv', ROWS)
    r.ok('query', 't.csv', '-c', 'select count(*) from t', '--receipt', 'r.json')
    receipt = json.loads((r.cwd / 'r.json').read_text())
    assert receipt['backend'] in ('sql', 'cpu') and receipt['exact'] is True and receipt['rows_out'] == 1
    r.ok('query', 't.csv', '-c', 'select count(*) from t', '-v')
    assert 'receipt: ' in r.err


@case
def forced_backends_agree(r):
    r.write('n.csv', 'k,v\n' + ''.join(f'{i % 7},{i}\n' for i in range(1000)))
    sql = 'select k, count(*) n, sum(v) s, avg(v) a from n group by k order by k'
    outs = {b: r.ok('query', 'n.csv', '-c', sql, '--format', 'csv', '--backend', b) for b in ('ref', 'cpu', 'sql')}
    assert outs['ref'] == outs['cpu'] == outs['sql'], outs


# --- terminal manners ---

def in_terminal(args, cwd, env=None, columns=80):
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
        os.chdir(cwd)
        os.execve(PIKA, [PIKA, *args], dict(os.environ, TERM='xterm', **(env or {})))
    data = b''
    try:
        while chunk := os.read(fd, 4096):
            data += chunk
    except OSError:
        pass
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), data


@case
def binary_is_refused_on_a_terminal(r):
    code, out = in_terminal(['query', '-c', 'select 1', '--format', 'parquet'], r.cwd)
    assert code == 2 and b'terminal' in out and b'PAR1' not in out, (code, out)


@case
def no_color_is_obeyed(r):
    r.write('t.csv', ROWS)
    assert b'\033[1m' in in_terminal(['info', 't.csv'], r.cwd, {'NO_COLOR': ''})[1]
    assert b'\033[1m' not in in_terminal(['info', 't.csv'], r.cwd, {'NO_COLOR': '1'})[1]


@case
def progress_as_json(r):
    r.ok('query', '-c', 'select count(*) from range(300000000) t(i) where i % 7 = 3', '--progress', 'json', '--format', 'csv')
    for line in r.err.splitlines():
        assert 'phase' in json.loads(line)


@case
def render_draws_the_plots_of_a_workspace(r):
    node = {'x': 0, 'y': 0, 'width': 10, 'height': 10}
    bars = {'mark': 'bar', 'encoding': {'x': {'field': 'delay', 'bin': True}, 'y': {'aggregate': 'count'}}}
    r.write('data/w.csv', 'delay\n' + ''.join(f'{i % 60}\n' for i in range(500)))
    r.write('w2.csv', 'delay\n' + ''.join(f'{i % 20}\n' for i in range(500)))
    doc = {'pika': 'workspace', 'version': 1, 'sources': [{'id': 's1', 'path': 'data/w.csv'}],
           'nodes': [{'id': 't1', 'kind': 'table', 'name': 'w', 'source': 's1', **node},
                     {'id': 'q1', 'kind': 'query', 'name': 'a', 'sql': 'SELECT * FROM w WHERE delay > 5', **node},
                     {'id': 'q2', 'kind': 'query', 'name': 'b', 'sql': ['FROM a', '-- all'], **node},
                     {'id': 'p1', 'kind': 'plot', 'name': 'A/B', 'input': 'q2', 'spec': bars, **node}]}
    r.write('w.pika', json.dumps(doc))
    assert r.ok('render', 'w.pika', '-o', 'pics').strip() == 'pics/A_B.png'
    assert (r.cwd / 'pics/A_B.png').read_bytes().startswith(b'\x89PNG')
    r.ok('render', 'w.pika', '-o', 'one.svg', '--source', 'w=w2.csv')
    one = (r.cwd / 'one.svg').read_text()
    assert '<svg' in one and '>20<' in one and '>60<' not in one, one[:300]
    doc['nodes'].append({'id': 'p2', 'kind': 'plot', 'input': 'q3', 'spec': bars, **node})
    doc['nodes'].append({'id': 'q3', 'kind': 'query', 'name': 'spy', 'sql': "SELECT * FROM '/etc/passwd'", **node})
    r.write('w.pika', json.dumps(doc))
    assert r('render', 'w.pika', '-o', 'more') == 1 and 'p2: ' in r.err and 'more/A_B.png' in r.out, r.err
    r.fails(2, 'one.png', 'render', 'w.pika', '-o', 'one.png')
    r.fails(2, 'nope', 'render', 'w.pika', '--source', 'nope=w2.csv')
    r.write('bad.pika', json.dumps({**doc, 'colour': 1}))
    r.fails(1, 'bad.pika: colour: is not a property here', 'render', 'bad.pika')


@case
def a_trace_of_what_ran(r):
    r.write('p.csv', POINTS)
    r.ok('plot', 'p.csv', '--x', 'x', '--y', 'y', '--mark', 'point', '-o', 'p.svg', '--trace', 'trace.json')
    with open(os.path.join(r.cwd, 'trace.json')) as f:
        events = json.load(f)['traceEvents']
    ran = {e['name']: e for e in events if e['ph'] == 'X'}
    assert {'start', 'open', 'plot', 'draw', 'fonts'} <= set(ran), sorted(ran)
    assert ran['fonts']['cat'] == 'interactive' and ran['plot']['tid'] > 0 and ran['plot']['dur'] > 0
    assert any(e['ph'] == 'C' for e in events)


# --- what a person meets in the first hour ---

@case
def format_in_takes_the_names_it_lists(r):
    rows = {'csv': b'a,b\n1,2\n', 'json': b'[{"a":1,"b":2}]', 'ndjson': b'{"a":1,"b":2}\n'}
    for name, data in rows.items():
        assert r.ok('query', '-', '--format-in', name, '-c', 'select a + b s from stdin', stdin=data) == 's\n3\n', name


@case
def query_output_named_gz_is_compressed(r):
    r.ok('query', '-c', 'select 1 a', '-o', 'o.csv.gz')
    assert gzip.decompress((r.cwd / 'o.csv.gz').read_bytes()) == b'a\n1\n'
    r.fails(2, 'o.parquet.gz', 'query', '-c', 'select 1 a', '-o', 'o.parquet.gz', '--format', 'parquet')
    assert r.files() == ['o.csv.gz']


@case
def query_output_of_an_unknown_kind_is_refused(r):
    assert '.parquet' in r.fails(2, 'o.xlsx', 'query', '-c', 'select 1 a', '-o', 'o.xlsx')
    assert r.files() == []
    r.ok('query', '-c', 'select 1 a', '-o', 'o.xlsx', '--format', 'csv')
    r.ok('query', '-c', 'select 1 a', '-o', 'plain')
    assert (r.cwd / 'plain').read_text() == 'a\n1\n'


@case
def query_of_an_address_says_the_network_is_off(r):
    text = r.fails(1, 'network', 'query', '-c', "from 'https://example.org/x.csv'")
    assert 'SET ' not in text, text


@case
def plot_of_a_missing_field_warns(r):
    r.write('p.csv', POINTS)
    r.write('p.vl.json', json.dumps({'data': {'url': 'p.csv'}, 'mark': 'bar', 'encoding': {
        'x': {'field': 'xx', 'type': 'quantitative', 'aggregate': 'mean'}, 'y': {'field': 'c', 'type': 'nominal'}}}))
    r.ok('plot', 'p.vl.json', '-o', 'o.svg')
    assert 'warning' in r.err and '"xx"' in r.err and r.err.count('\n') == 1, r.err
    r.ok('plot', 'p.csv', '--x', 'x', '--filter', 'datum.nope > 1', '-o', 'o.svg')
    assert '"nope"' in r.err, r.err
    r.ok('plot', 'p.vl.json', '-o', 'o.svg', '-q')
    assert r.err == ''
    r.ok('plot', 'p.csv', '--x', 'x', '--filter', 'datum.x > 1', '-o', 'o.svg')
    assert r.err == '', r.err


@case
def plot_filter_without_datum_is_told(r):
    r.write('p.csv', POINTS)
    r.fails(1, '$.transform[0].filter: there is no parameter "x"; the field is datum.x', 'plot', 'p.csv', '--x', 'x',
            '--filter', 'x > 1', '-o', 'o.svg')
    r.fails(1, 'there is no parameter "zz"', 'plot', 'p.csv', '--x', 'x', '--filter', 'datum.x > zz', '-o', 'o.svg')
    assert r.files() == ['p.csv']


@case
def plot_sizes_below_zero_are_usage(r):
    r.write('p.csv', POINTS)
    for flag in ('--width', '--height', '--scale'):
        r.fails(2, flag, 'plot', 'p.csv', '--x', 'x', flag, '-3', '-o', 'o.png')


@case
def plot_number_scale_of_text_is_usage(r):
    r.write('p.csv', POINTS)
    r.fails(2, 'c is nominal', 'plot', 'p.csv', '--x', 'c', '--x-scale', 'log', '-o', 'o.png')


@case
def plot_line_over_text_dates_says_how_to_read_them(r):
    r.write('d.csv', 'day,n\n"Feb 1 2000",1\n"Jan 1 2000",2\n')
    r.ok('plot', 'd.csv', '-m', 'line', '--x', 'day', '--y', 'n', '-o', 'o.svg')
    assert "'day:T'" in r.err, r.err
    r.ok('plot', 'd.csv', '-m', 'line', '--x', 'day:T', '--y', 'n', '-o', 'o.svg')
    assert r.err == '', r.err


@case
def plot_says_how_to_find_its_data(r):
    r.write('p.vl.json', json.dumps({'data': {'url': 'data/p.csv'}, 'mark': 'point', 'encoding': {
        'x': {'field': 'x', 'type': 'quantitative'}}}))
    r.fails(1, '--data DIR', 'plot', 'p.vl.json', '-o', 'o.png')


@case
def info_counts_no_more_values_than_rows(r):
    r.write('t.csv', 'id\n' + ''.join(f'k{i * 7919 % 100003}\n' for i in range(5000)))
    table = json.loads(r.ok('info', 't.csv', '--json'))[0]
    assert 4000 <= table['columns'][0]['distinct'] <= 5000, table['columns'][0]['distinct']


@case
def info_fits_the_terminal(r):
    r.write('t.csv', 'a_rather_long_name_of_a_column,place\n1,日本語の長い文字列、とても長い文字列です\n2,"Llanfair­pwllgwyngyll gogerychwyrndrobwll"\n')
    out = in_terminal(['info', 't.csv'], r.cwd, columns=60)[1].decode()
    for line in out.splitlines():
        plain = re.sub('\033\\[[0-9;]*m', '', line)
        width = sum(2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in plain)
        assert width <= 60 or '·' in plain, (width, plain)


@case
def nothing_of_the_data_reaches_the_terminal_raw(r):
    r.write('t.csv', 'n\033[2J,v\n\033]0;x\007,1\n\u202eabc,2\n'.encode())
    out = r.ok('info', 't.csv') + r.ok('query', 't.csv', '--format', 'table', '-c', 'from t')
    assert '\033' not in out and '\007' not in out, repr(out)
    name = r.write('e\033[31m\n.csv', 'a,b\n1,2\n1,2,3\n')
    r.ok('query', name, '-c', 'select 1 a', '-v', '--types', 'a=BIGINT')
    assert '\033' not in r.err, repr(r.err)
    assert '\033' not in r.fails(1, 'no\\x1b[31m', 'info', 'no\033[31m.csv')


@case
def plot_of_awkward_column_names(r):
    names = ['x.y', 'x[0]', 'q"q', "it's", 'select', 'a b', '日本', 'a\\b']
    header = ','.join('"' + n.replace('"', '""') + '"' for n in names)
    r.write('t.csv', header + '\n' + ','.join('12345678') + '\n' + ','.join('23456789') + '\n')
    for i, name in enumerate(names):
        rows = r.ok('plot', 't.csv', '-m', 'point', '--x', name, '--format', 'data').splitlines()
        values = [float(row) for row in rows[1:]]
        assert values == [i + 1, i + 2], (name, rows)
        assert r.err == '', r.err


@case
def plot_of_no_rows_one_row_and_only_nulls(r):
    for text in ('a,b\n', 'a,b\n1,2\n', 'a,b\n1,\n2,\n'):
        r.write('t.csv', text)
        for mark in ('point', 'line', 'bar', 'area'):
            r.ok('plot', 't.csv', '-m', mark, '--x', 'a', '--y', 'b', '-o', 'o.png')
            r.ok('plot', 't.csv', '-m', mark, '--x', 'a', '--y', 'count()', '-o', 'o.svg')


@case
def plot_of_a_log_scale_across_zero_warns(r):
    r.write('p.csv', POINTS)
    r.ok('plot', 'p.csv', '-m', 'point', '--x', 'x', '--y', 'y', '--y-scale', 'log', '-o', 'o.svg')
    assert 'warning: the log scale of y spans 0 to 100' in r.err and r.err.count('\n') == 1, r.err
    r.ok('plot', 'p.csv', '-m', 'point', '--x', 'x', '--y', 'y', '--y-scale', 'log', '--filter', 'datum.y > 0', '-o', 'o.svg')
    assert r.err == '', r.err


@case
def plot_of_cyclic_units_has_a_place_for_each(r):
    r.write('t.csv', 'd\n' + ''.join(f'2020-01-{i:02}\n' for i in range(1, 29)))

    def kind(*args):
        return json.loads(r.ok('plot', 't.csv', '--format', 'spec', *args))['encoding']['x']['type']
    assert kind('-m', 'bar', '--x', 'day(d)', '--y', 'count()') == 'ordinal'
    assert kind('-m', 'line', '--x', 'day(d)', '--y', 'count()') == 'temporal'
    assert kind('-m', 'bar', '--x', 'day(d):T', '--y', 'count()') == 'temporal'
    assert kind('-m', 'bar', '--x', 'yearmonth(d)', '--y', 'count()') == 'temporal'
    out = r.ok('plot', 't.csv', '-m', 'bar', '--x', 'day(d)', '--y', 'count()', '-o', '-', '--format', 'svg')
    assert out.count('>Sun<') == 1 and out.index('>Sun<') < out.index('>Tue<') < out.index('>Sat<')


@case
def plot_of_numbers_as_times_is_noted(r):
    r.write('t.csv', 'year,n\n1990,1\n2000,2\n')
    r.ok('plot', 't.csv', '-m', 'point', '--x', 'year:T', '--y', 'n', '-o', 'o.svg')
    assert 'milliseconds' in r.err, r.err


@case
def query_of_a_missing_table_lists_those_there_are(r):
    r.write('2024-sales.csv', 'a\n1\n')
    r.write('people.csv', 'a\n1\n')
    r.fails(1, 'The tables are: _2024_sales, people', 'query', '2024-sales.csv', 'people.csv', '-c', 'from nothing_like_it')


@case
def columns_that_differ_by_case_are_told(r):
    r.write('t.csv', 'a,A,b\n1,2,3\n')
    r.ok('info', 't.csv')
    assert '"A" is A_1' in r.err, r.err


@case
def options_before_the_verb_are_told(r):
    r.fails(2, 'after the verb', '--verbose', 'info', 'x')


# --- honest CSV ---

@case
def rejects_are_counted_and_listed(r):
    r.write('b.csv', 'a,b\n1,2\n3\n4,5\n')
    r.ok('info', 'b.csv', '--rejects', 'rej.csv')
    assert 'read 3 · loaded 2 · rejected 1' in r.out + r.err, r.out + r.err
    rejects = (r.cwd / 'rej.csv').read_text().splitlines()
    assert len(rejects) == 2 and ',3,' in rejects[1], rejects
    assert r('info', 'b.csv', '--strict') == 3
    r.write('good.csv', 'a,b\n1,2\n')
    assert r('info', 'good.csv', '--strict') == 0


@case
def json_rejects_are_counted_and_listed(r):
    r.write('b.ndjson', '{"a":1}\n{"a":\n{"a":3,"A":4}\n')
    r.ok('info', 'b.ndjson', '--rejects', 'rej.csv')
    assert 'read 3 · loaded 2 · rejected 1' in r.out + r.err, r.out + r.err
    assert 'A is A_1' in r.err, r.err
    rejects = (r.cwd / 'rej.csv').read_text().splitlines()
    assert len(rejects) == 2 and ',2,2,' in rejects[1], rejects
    assert r('info', 'b.ndjson', '--strict') == 3
    r.write('cut.json', '[{"a":1},\n{"a":')
    r.fails(1, 'cut.json: line 2: the file ends within the record', 'info', 'cut.json')


@case
def types_are_obeyed(r):
    r.write('z.csv', 'zip,n\n00501,1\n10001,2\n')
    assert '00501' in r.ok('query', 'z.csv', '-c', 'from z', '--format', 'csv')
    columns = json.loads(r.ok('info', 'z.csv', '--types', 'n=DOUBLE', '--json'))[0]['columns']
    assert [c['type'] for c in columns] == ['VARCHAR', 'DOUBLE'], columns


# --- bad input ---

@case
def missing_file(r):
    r.fails(1, 'nope.csv', 'info', 'nope.csv')
    r.fails(1, 'nope.parquet', 'query', 'nope.parquet', '-c', 'select 1')


@case
def empty_file(r):
    for name in ('e.csv', 'e.parquet', 'e.json', 'e.db'):
        r.write(name, b'')
        r.fails(1, name, 'info', name)


@case
def binary_junk(r):
    junk = bytes((i * 197 + (i >> 3) * 31) % 256 for i in range(50000))
    for name in ('j.csv', 'j.parquet', 'j.json', 'j.duckdb'):
        r.write(name, junk)
        r.fails(1, name, 'info', name)


@case
def nul_bytes(r):
    r.write('n.csv', b'a,b\n1,\x00\x00\n2,3\n')
    r.fails(1, 'n.csv', 'info', 'n.csv')


@case
def invalid_utf8(r):
    r.write('u.csv', b'a,b\n1,caf\xe9\n2,ok\n')
    code = r('info', 'u.csv')
    # Refused with the path, or read with the record rejected: never silently changed.
    assert (code == 1 and 'u.csv' in r.err) or 'rejected 1' in r.out + r.err, (code, r.out, r.err)


@case
def truncated_parquet(r):
    r.ok('query', '-c', 'select i, i::varchar s from range(100000) t(i)', '-o', 'w.parquet')
    data = (r.cwd / 'w.parquet').read_bytes()
    for cut in (3, 100, len(data) // 2, len(data) - 1):
        r.write('t.parquet', data[:cut])
        r.fails(1, 't.parquet', 'query', 't.parquet', '-c', 'select count(s) from t')


@case
def ten_thousand_columns(r):
    r.write('w.csv', ','.join(f'c{i}' for i in range(10000)) + '\n' + ','.join(str(i) for i in range(10000)) + '\n')
    assert r.ok('query', 'w.csv', '-c', 'select c9999 from w') == 'c9999\n9999\n'
    r.ok('plot', 'w.csv', '--mark', 'point', '--x', 'c1', '--y', 'c9999', '-o', 'w.svg')
    r.write('x.csv', ','.join(f'c{i}' for i in range(30000)) + '\n')
    assert '30000 columns' in r.fails(1, 'x.csv', 'query', 'x.csv', '-c', 'select c9999 from x')


@case
def a_hundred_megabytes_in_one_line(r):
    r.write('l.csv', b'a\n' + b'x' * 100_000_000 + b'\n')
    code = r('query', 'l.csv', '-c', 'select length(a) n from l', '--format', 'csv')
    # The record is rejected, and said to be, in one line with the path.
    assert code == 0 and r.err.count('\n') == 1 and 'l.csv: read 1 · loaded 0 · rejected 1' in r.err, r.err[:500]
    assert r('info', 'l.csv', '--strict') == 3


def as_nobody():
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


@case
def unreadable_file_and_folder(r):
    r.write('secret.csv', ROWS)
    r.write('d/x.csv', ROWS)
    os.chmod(r.cwd / 'secret.csv', 0)
    os.chmod(r.cwd / 'd', 0)
    os.chmod(r.cwd, 0o755)
    try:
        r.fails(1, 'secret.csv', 'info', 'secret.csv', preexec=as_nobody)
        r.fails(1, 'd/x.csv', 'info', 'd/x.csv', preexec=as_nobody)
        r.fails(1, 'o.csv', 'query', '-c', 'select 1', '-o', 'd/o.csv', preexec=as_nobody)
    finally:
        os.chmod(r.cwd / 'd', 0o755)


@case
def a_folder_is_no_file(r):
    (r.cwd / 'dir.csv').mkdir()
    r.fails(1, 'dir.csv', 'info', 'dir.csv')
    r.fails(1, 'dir.csv', 'query', '-c', 'select 1', '-o', 'dir.csv')


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


@case
def disk_full_leaves_nothing(r):
    big = "select i, repeat('x', 100) s from range(100000) t(i)"
    for name in ('o.csv', 'o.parquet'):
        r.write(name, 'old')
        code = r('query', '-c', big, '-o', name, preexec=small_files)
        assert code == 1 and r.err.count('\n') == 1 and r.err.startswith('pika: '), (name, code, r.err)
        assert (r.cwd / name).read_text() == 'old', f'{name} was touched'
    assert r.files() == ['o.csv', 'o.parquet']
    r.fails(1, 'No space left', 'query', '-c', big, '--format', 'csv', '-o', '/dev/full')


@case
def broken_pipe(r):
    big = "select i, repeat('x', 100) s from range(10000000) t(i)"
    p = subprocess.Popen([PIKA, 'query', '-c', big, '--format', 'csv'], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    p.stdout.read(100)
    p.stdout.close()
    err = p.stderr.read().decode()
    assert p.wait(60) == 1 and err.count('\n') == 1 and 'pipe' in err.lower(), err


@case
def interrupt_is_130_and_leaves_nothing(r):
    big = 'select count(*) from range(100000000000) a(i) where i % 3 = 1'
    p = subprocess.Popen([PIKA, 'query', '-c', big, '-o', 'o.csv', '--progress', 'json'], cwd=r.cwd, stderr=subprocess.PIPE)
    assert b'phase' in p.stderr.readline() # it runs
    p.send_signal(signal.SIGINT)
    start = time.time()
    err = p.communicate(timeout=60)[1].decode()
    assert p.returncode == 130 and 'interrupted' in err, (p.returncode, err)
    assert time.time() - start < 10
    assert r.files() == []


@case
def interrupted_parquet_leaves_nothing(r):
    r.write('o.parquet', 'old')
    big = 'select i, hash(i) h from range(1000000000) t(i)'
    for name in ('o.parquet', 'new.parquet'):
        p = subprocess.Popen([PIKA, 'query', '-c', big, '-o', name, '--progress', 'json'], cwd=r.cwd, stderr=subprocess.PIPE)
        assert b'phase' in p.stderr.readline() # it writes
        assert len(r.files()) == 2, r.files() # there is a file in the making
        p.send_signal(signal.SIGINT)
        err = p.communicate(timeout=60)[1].decode()
        assert p.returncode == 130 and 'interrupted' in err, (p.returncode, err)
        assert r.files() == ['o.parquet'] and (r.cwd / 'o.parquet').read_text() == 'old', r.files()


# --- top ---

LONG = 'select count(*) from range(100000000000) a(i) where i % 3 = 1'


def runtime_folder(r):
    """The environment with a runtime folder of the test's own, and where the sockets are."""
    (r.cwd / 'run').mkdir(mode=0o700, exist_ok=True)
    return {'XDG_RUNTIME_DIR': str(r.cwd / 'run')}, r.cwd / 'run' / 'pika-plot'


def wait_for(what, seconds=30):
    end = time.time() + seconds
    while not (found := what()):
        assert time.time() < end, 'it did not come'
        time.sleep(0.02)
    return found


@case
def top_shows_what_runs_and_who_is_gone(r):
    env, sockets = runtime_folder(r)
    assert r.ok('top', env=env).startswith('nothing of Pika-Plot runs')
    with subprocess.Popen([PIKA, 'query', '-c', LONG], cwd=r.cwd, env=dict(os.environ, **env), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as p:
        def running():
            found = json.loads(r.ok('top', '--format', 'json', env=env))['processes']
            return found[0] if found and found[0]['jobs'] else None
        process = wait_for(running)
        assert process['pid'] == p.pid and process['command'].endswith(LONG), process
        job = process['jobs'][0]
        assert job['name'] == 'query' and job['lane'] == 'query' and job['status'] == 'running' and job['ran_ms'] > 0, job
        assert {lane['lane']: lane['running'] for lane in process['lanes']} == {'interactive': 0, 'query': 1, 'background': 0}
        assert process['workers'] >= 1
        table = r.ok('top', '--once', env=env)
        assert table.startswith(f'{p.pid}  ') and re.search(r'query +query +runs +\d+\.\d s', table), table
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        p.send_signal(signal.SIGINT)
        p.communicate(timeout=60)
    assert list(sockets.iterdir()) == [], 'the socket outlived its process'
    assert r.ok('top', env=env).startswith('nothing')


@case
def top_sees_through_dead_and_silent_sockets(r):
    env, sockets = runtime_folder(r)
    sockets.mkdir(mode=0o700)
    gone = subprocess.Popen(['true'])
    gone.wait()
    with socket.socket(socket.AF_UNIX) as dead, socket.socket(socket.AF_UNIX) as silent, socket.socket(socket.AF_UNIX) as odd:
        dead.bind(str(sockets / f'{gone.pid}-00000000'))
        dead.close()
        silent.bind(str(sockets / f'{os.getpid()}-00000001'))
        silent.listen() # and never answers
        (sockets / 'README').write_text('no socket')
        start = time.time()
        assert r.ok('top', env=env) == f'{os.getpid()}  does not answer: its main loop is busy\n'
        assert time.time() - start < 5
        assert json.loads(r.ok('top', '-F', 'json', env=env)) == {'processes': [{'pid': os.getpid(), 'answered': False}]}
        assert sorted(p.name for p in sockets.iterdir()) == [f'{os.getpid()}-00000001', 'README']
        os.unlink(sockets / f'{os.getpid()}-00000001')
        odd.bind(str(sockets / f'{os.getpid()}-00000002'))
        odd.listen()
        for answer in (b'', b'{"jobs": 1}', b'[]', b'\xff\x00', b'{"jobs":[1,{"lane":7,"status":[]}],"lanes":[{}],"pid":{}}'):
            p = subprocess.Popen([PIKA, 'top'], env=dict(os.environ, **env), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            with odd.accept()[0] as talk:
                talk.sendall(answer)
            out, err = p.communicate(timeout=30)
            assert p.returncode == 0 and err == b'', (answer, out, err)


@case
def top_on_a_terminal_is_left_by_q(r):
    env, _ = runtime_folder(r)
    for key in (b'q', b'\x03'):
        pid, fd = pty.fork()
        if pid == 0:
            os.chdir(r.cwd)
            os.environ.update(env)
            os.execv(PIKA, [PIKA, 'top', '--interval', '0.1'])
        shown = b''
        while shown.count(b'nothing of Pika-Plot') < 2: # it refreshes
            shown += os.read(fd, 4096)
        assert shown.startswith(b'\033[?1049h') and b'q leaves' in shown, shown
        assert not termios.tcgetattr(fd)[3] & termios.ECHO
        os.write(fd, key)
        while not shown.endswith(b'\033[?1049l'):
            shown += os.read(fd, 4096)
        wait_for(lambda: termios.tcgetattr(fd)[3] & termios.ECHO)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        os.close(fd)


@case
def top_usage(r):
    r.fails(2, 'takes no file', 'top', 'x.csv')
    r.fails(2, '--interval', 'top', '--interval', '0')


@case
def a_folder_that_others_may_enter_is_not_used(r):
    env, sockets = runtime_folder(r)
    sockets.mkdir(mode=0o755)
    sockets.chmod(0o755)
    slow = 'select count(*) from range(3000000000) a(i) where i % 3 = 1'
    assert r('query', '-v', '-c', slow, '--format', 'csv', env=env) == 0
    assert 'pika top cannot see this' in r.err and '0700' in r.err, r.err
    assert list(sockets.iterdir()) == []


# --- plot ---

POINTS = 'x,y,c\n' + ''.join(f'{i},{(i * 37) % 101},{"abc"[i % 3]}\n' for i in range(300))


@case
def plot_formats(r):
    r.write('p.csv', POINTS)
    flags = ['plot', 'p.csv', '--mark', 'point', '--x', 'x', '--y', 'y', '--color', 'c']
    r.ok(*flags, '-o', 'p.png')
    r.ok(*flags, '-o', 'p.svg')
    r.ok(*flags, '-o', 'p.pdf')
    assert (r.cwd / 'p.png').read_bytes()[:4] == b'\x89PNG'
    assert (r.cwd / 'p.pdf').read_bytes()[:5] == b'%PDF-'
    svg = (r.cwd / 'p.svg').read_text()
    assert svg.count('<path') >= 300 and '<text' in svg
    scene = json.loads(r.ok(*flags, '--format', 'scene'))
    assert scene['views'][0]['marks'][0]['count'] == 300
    assert r.files() == ['p.csv', 'p.pdf', 'p.png', 'p.svg']


@case
def plot_spec_and_data(r):
    r.write('p.csv', POINTS)
    flags = ['plot', 'p.csv', '--mark', 'bar', '--x', 'c', '--y', 'mean(y)']
    spec = json.loads(r.ok(*flags, '--format', 'spec'))
    assert spec['mark'] == 'bar' and spec['encoding']['y'] == {'aggregate': 'mean', 'field': 'y', 'type': 'quantitative'}
    rows = r.ok(*flags, '--format', 'data').splitlines()
    assert len(rows) == 4, rows


@case
def plot_column_typo(r):
    r.write('p.csv', 'height,weight\n1,2\n')
    assert 'did you mean "height"?' in r.fails(1, 'heigth', 'plot', 'p.csv', '--x', 'heigth', '-o', 'o.png')
    assert r.files() == ['p.csv']


@case
def plot_specification_file(r):
    r.write('s/p.csv', POINTS)
    r.write('s/p.vl.json', json.dumps({'data': {'url': 'p.csv'}, 'mark': 'point', 'encoding': {
        'x': {'field': 'x', 'type': 'quantitative'}, 'y': {'field': 'y', 'type': 'quantitative'}}}))
    scene = json.loads(r.ok('plot', 's/p.vl.json', '--format', 'scene'))
    assert scene['views'][0]['marks'][0]['count'] == 300


@case
def plot_specification_cannot_break_out(r):
    r.write('secret/s.csv', POINTS)
    os.symlink(r.cwd / 'secret' / 's.csv', r.cwd / 'link.csv')
    r.write('spec/x.txt', '')
    os.symlink(r.cwd / 'secret' / 's.csv', r.cwd / 'spec' / 'link.csv')
    for url in ('../secret/s.csv', str(r.cwd / 'secret/s.csv'), 'link.csv', '/etc/passwd', 'file:///etc/passwd',
                'https://example.org/x.csv', '//example.org/x.csv'):
        r.write('spec/p.vl.json', json.dumps({'data': {'url': url}, 'mark': 'point', 'encoding': {
            'x': {'field': 'x', 'type': 'quantitative'}}}))
        r.fails(1, '', 'plot', 'spec/p.vl.json', '-o', 'o.png')
    assert 'o.png' not in r.files()


@case
def plot_bad_specifications(r):
    for text, where in (('{', ''), ('[]', ''), ('{"mark":"pie","data":{"values":[]},"encoding":{}}', 'pie'), ('{"data":{"values":[1]}}', '')):
        r.write('b.vl.json', text)
        r.fails(1, where, 'plot', 'b.vl.json', '-o', 'o.png')
    assert r.files() == ['b.vl.json']


@case
def explain_names_the_backend(r):
    r.write('p.csv', POINTS)
    out = r.ok('explain', 'p.csv', '-c', 'select c, count(*) n from p group by c order by c')
    assert 'Backend' in out and 'SELECT' in out, out
    json.loads(r.ok('explain', 'p.csv', '-c', 'select c, count(*) n from p group by c order by c', '--json'))
    out = r.ok('explain', 'p.csv', '--mark', 'bar', '--x', 'bin(x)', '--y', 'count()')
    assert 'Backend' in out, out


@case
def explain_of_a_plot_names_each_step_once(r):
    r.write('p.csv', POINTS)
    layers = {'layer': [{'mark': 'bar', 'encoding': {'x': {'bin': True, 'field': 'x'}, 'y': {'aggregate': 'count'}}},
                        {'mark': 'rule', 'encoding': {'x': {'aggregate': 'mean', 'field': 'x'}}}]}
    r.write('l.vl.json', json.dumps(layers | {'data': {'url': 'p.csv'}}))
    for what, titles in ((('p.csv', '--mark', 'bar', '--x', 'bin(x)', '--y', 'count()'), ('extent of x', 'count by bin of x')),
                         (('l.vl.json',), ('layer[0] (bar): extent of x', 'layer[1] (rule): mean of x'))):
        text = r.ok('explain', *what)
        steps = json.loads(r.ok('explain', *what, '--json'))
        named = [step['title'] for step in steps]
        assert all(title in named for title in titles), named
        assert sum('count(*) AS n FROM' in step['sql'] for step in steps) == 1, steps
        assert [line[2:] for line in text.splitlines() if line.startswith('# ')] == named, text


def receipt_of_plot(r, *args):
    r.ok('plot', *args, '-o', 'o.png', '--receipt', 'r.json')
    return json.loads((r.cwd / 'r.json').read_text())


@case
def receipt_counts_each_row_once(r):
    r.ok('query', '-c', "select i::int x, (i * 37 % 101)::int y, chr((97 + i % 3)::int) c from range(60000) t(i)", '-o', 'p.parquet')
    plots = (['--mark', 'bar', '--x', 'bin(x)', '--y', 'count()'], ['--mark', 'point', '--x', 'x', '--y', 'y'],
             ['--mark', 'line', '--x', 'x', '--y', 'y'], ['--mark', 'bar', '--x', 'c', '--y', 'mean(y)'])
    for flags in plots:
        spec = json.loads(r.ok('plot', 'p.parquet', *flags, '--format', 'spec')) | {'data': {'url': 'p.parquet'}}
        r.write('p.vl.json', json.dumps(spec))
        for source in (['p.parquet', *flags], ['p.vl.json']):
            for backend in ('cpu', 'sql'):
                receipt = receipt_of_plot(r, *source, '--backend', backend)
                assert receipt['rows_scanned'] == 60000, (source, backend, receipt)
                assert receipt['scans'] > 0 and receipt['bytes_read'] > 0, (source, backend, receipt)
    receipt = receipt_of_plot(r, 'p.parquet', '--mark', 'point', '--x', 'x', '--y', 'y', '--backend', 'cpu')
    assert receipt['scans'] == 1 and 60000 * 3 <= receipt['bytes_read'] < 60000 * 4, receipt  # int16, int8 and a rest of pages
    r.ok('plot', 'p.parquet', '--mark', 'point', '--x', 'x', '--y', 'y', '-v', '-o', 'o.png')
    assert ' 60,000 rows · ' in r.err, r.err
    # also where some are left out, of two tables, or written in the specification
    r.write('q.csv', 'c,d\na,1\nb,2\nc,3\n')
    filtered = {'data': {'url': 'p.parquet'}, 'mark': 'bar', 'transform': [{'filter': 'datum.x % 2'}],
                'encoding': {'x': {'bin': True, 'field': 'y'}, 'y': {'aggregate': 'count'}}}
    rule = {'data': {'url': 'q.csv'}, 'mark': 'rule', 'encoding': {'x': {'field': 'd', 'type': 'quantitative'}}}
    two = {'layer': [filtered, rule]}
    for spec, rows in ((filtered, 60000), (two, 60003), (filtered | {'data': {'values': [{'x': 1, 'y': 2}] * 7}}, 7)):
        r.write('p.vl.json', json.dumps(spec))
        for backend in ('cpu', 'sql'):
            receipt = receipt_of_plot(r, 'p.vl.json', '--backend', backend)
            assert receipt['rows_scanned'] == rows, (spec, backend, receipt)


@case
def plot_leaves_no_temporary_files(r):
    r.write('p.csv', POINTS)
    os.mkdir(r.cwd / 'tmp')
    r.ok('plot', 'p.csv', '--mark', 'point', '--x', 'x', '--y', 'y', '-o', 'o.png', '--temp-directory', 'tmp')
    r.fails(1, '', 'plot', 'p.csv', '--mark', 'point', '--x', 'nowhere', '-o', 'o.png', '--filter', '(', '--temp-directory', 'tmp')
    assert os.listdir(r.cwd / 'tmp') == []


@case
def data_that_cannot_be_described_say_why(r):
    r.write('n.vl.json', '{"data":{"name":"nowhere"},"mark":"point","encoding":{"x":{"field":"x","type":"quantitative"}}}')
    r.fails(1, 'no data source named "nowhere"', 'plot', 'n.vl.json', '-o', 'o.png')
    assert 'does not exist' in r.err, r.err


def main():
    print(f'1..{len(CASES)}')
    failed = 0
    for number, f in enumerate(CASES, 1):
        name = f.__name__.replace('_', ' ')
        with tempfile.TemporaryDirectory() as folder:
            try:
                f(Run(folder))
                print(f'ok {number} - {name}', flush=True)
            except (AssertionError, subprocess.TimeoutExpired, OSError, ValueError, KeyError, IndexError) as e:
                failed += 1
                print(f'not ok {number} - {name}')
                for line in f'{type(e).__name__}: {e}'.splitlines()[:20]:
                    print(f'# {line}', flush=True)
    sys.exit(failed > 0)


main()
