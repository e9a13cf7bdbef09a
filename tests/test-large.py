#!/usr/bin/env python3
"""Plots of more rows than marks: density rasters hold every row, one cell a device pixel; a line by M4 has the pixels
of the line through all rows.

usage: test-large.py PIKA        (TAP on stdout)
"""
import csv
import io
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib

PIKA = os.path.abspath(sys.argv[1])
NOISE = '(hash(i) % 1000003) / 1000003.0'
CASES = []
HAS_GPU = not subprocess.run([PIKA, 'devices'], capture_output=True).stdout.startswith(b'no GPU')
BACKENDS = ['cpu', 'sql'] + (['vulkan'] if HAS_GPU else [])


def case(f):
    CASES.append(f)
    return f


def run(folder, *args):
    done = subprocess.run([PIKA, *args], cwd=folder, capture_output=True, timeout=300)
    assert done.returncode == 0, f'{args}: {done.stderr.decode()}'
    return done.stdout, done.stderr.decode()


def plot(folder, sql, *args):
    return run(folder, 'plot', 'one.csv', '--sql', sql, '-v', '-o', '-', *args)


def number(folder, sql, kind=int):
    return kind(run(folder, 'query', 'one.csv', '-c', sql, '--format', 'csv')[0].decode().split('\n')[1])


def decode_png(data):
    """Width, height and rows of (r, g, b) of a PNG whose rows all have the filter Up, as Pika-Plot writes them."""
    at, packed = 8, b''
    while at < len(data):
        length, kind = struct.unpack('>I4s', data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b'IHDR':
            width, height, depth, colour = struct.unpack('>IIBB', body[:10])
        packed += body if kind == b'IDAT' else b''
        at += 12 + length
    assert depth == 8 and colour in (2, 6)
    n, raw = (3 if colour == 2 else 4), zlib.decompress(packed)
    stride = 1 + width * n
    assert len(raw) == stride * height and all(raw[y * stride] == 2 for y in range(height))
    rows, above = [], bytes(width * n)
    for y in range(height):
        above = bytes((a + b) & 255 for a, b in zip(above, raw[y * stride + 1:(y + 1) * stride]))
        rows.append([above[x * n:x * n + 3] for x in range(width)])
    return width, height, rows


# --- lines

LINES = {
    'noise': (f'select i as x, {NOISE} as y from range(70000) t(i)', []),
    'unordered walk': (f'select i as x, sin(i / 7000.0) * 100 + {NOISE} * 10 as y from range(70000) t(i) '
                       'order by hash(i)', []),
    'random x': (f'select (hash(i + 7) % 1000003) / 1000.0 as x, {NOISE} as y from range(70000) t(i)', []),
    'ties in x': ('select hash(i + 1) % 503 as x, hash(i) % 17 as y from range(70000) t(i)', []),
    'gaps': ('select i as x, case when hash(i + 3) % 1000 < 5 then null else sin(i / 7000.0) * 100 + '
             f'{NOISE} * 10 end as y from range(70000) t(i)', []),
    'NaN': ('select i as x, case when hash(i + 3) % 1000 < 5 then \'nan\'::double else sin(i / 7000.0) * 100 + '
            f'{NOISE} * 10 end as y from range(70000) t(i)', []),
    'infinities': ('select i as x, case hash(i + 3) % 1000 when 1 then \'inf\'::double when 2 then \'-inf\'::double '
                   f'else sin(i / 7000.0) * 100 + {NOISE} * 10 end as y from range(70000) t(i)', []),
    'infinite floats': ('select (i / 3.0)::float as x, case when i % 5003 = 7 then \'-inf\'::float '
                        f'else ({NOISE})::float end as y from range(70000) t(i)', []),
    'series with gaps': (f'select i // 3 as x, case when hash(i + 3) % 10000 < 5 then null else {NOISE} * 10 + '
                         '100 * (i % 3) end as y, \'s\' || (i % 3) as s from range(150000) t(i)', ['--color', 's']),
    'log y': (f'select i as x, exp({NOISE} * 10) as y from range(70000) t(i)', ['--y-scale', 'log']),
    'timestamps': (f'select timestamp \'2020-01-01\' + interval (i) minute as x, {NOISE} as y from range(70000) t(i)',
                   []),
    'floats': (f'select (i / 3.0)::float as x, ({NOISE})::float as y from range(70000) t(i)', []),
    'more rows': (f'select i as x, sin(i / 99999.0) + {NOISE} as y from range(400000) t(i)', []),
}


def same_line(name):
    sql, flags = LINES[name]

    def check(folder):
        for scale in ('1', '2') if name in ('noise', 'gaps', 'series with gaps') else ('2',):
            flags_ = ['--mark', 'line', '--x', 'x', '--y', 'y', '--scale', scale, *flags]
            m4, receipt = plot(folder, sql, *flags_)
            assert 'M4 of' in receipt, receipt
            every, receipt = plot(folder, sql, *flags_, '--density', '0')
            assert 'M4 of' not in receipt, receipt
            assert m4 == every or decode_png(m4) == decode_png(every), f'{name}: pixels differ at scale {scale}'

    check.__name__ = 'm4_is_every_point_' + re.sub(r'\W+', '_', name)
    return check


for name in LINES:
    case(same_line(name))


def order_of_groups(folder, rows, backend, encoding):
    spec = {'data': {'name': 'query'}, 'mark': 'bar', 'encoding': encoding}
    with open(os.path.join(folder, 'order.vl.json'), 'w') as f:
        json.dump(spec, f)
    run(folder, 'query', 'one.csv', '-c', 'select case when i < 1000 then (i * 7) % 11 else i % 11 end as k, '
        f"'g' || (case when i < 1000 then (i * 5) % 7 else i % 7 end) as g, i as v from range({rows}) t(i)",
        '--format', 'parquet', '-o', 'query.parquet')
    out, _ = run(folder, 'plot', 'order.vl.json', 'query.parquet', '--backend', backend, '--format', 'data', '-o', '-')
    rows = list(csv.DictReader(io.StringIO(out.decode())))
    scene = json.loads(run(folder, 'plot', 'order.vl.json', 'query.parquet', '--backend', backend, '--format', 'scene',
                           '-o', '-')[0])
    return [(r.get('k'), r.get('g')) for r in rows], re.findall(r'\[[\d.]+, "(g\d)"\]', json.dumps(scene))


@case
def groups_come_in_the_order_of_first_appearance_however_many_rows(folder):
    encoding = {'x': {'field': 'g', 'type': 'nominal', 'sort': None}, 'y': {'aggregate': 'sum', 'field': 'v'},
                'color': {'field': 'k', 'type': 'ordinal', 'sort': None}}
    small, axis = order_of_groups(folder, 5000, 'auto', encoding)
    assert small[:2] == [('0.0', 'g0'), ('7.0', 'g5')] and len(small) == 77, small[:4]
    for rows, backend in ((2100000, 'cpu'), (2100000, 'sql')):
        large, large_axis = order_of_groups(folder, rows, backend, encoding)
        assert large == small, (backend, large[:4], small[:4])
        assert axis[:7] == ['g0', 'g5', 'g3', 'g1', 'g6', 'g4', 'g2'] and large_axis == axis, (backend, axis, large_axis)


@case
def a_line_cut_by_its_domain_is_the_same(folder):
    spec = {'data': {'url': 'line.parquet'}, 'mark': 'line',
            'encoding': {'x': {'field': 'x', 'type': 'quantitative', 'scale': {'domain': [50000, 110000]}},
                         'y': {'field': 'y', 'type': 'quantitative'}}}
    run(folder, 'query', 'one.csv', '-c', 'select 150000 - i as x, case when hash(i + 3) % 1000 < 100 then null else '
        f'{NOISE} end as y from range(150000) t(i)', '--format', 'parquet', '-o', 'line.parquet')
    with open(os.path.join(folder, 'line.vl.json'), 'w') as f:
        json.dump(spec, f)
    m4, receipt = run(folder, 'plot', 'line.vl.json', '-v', '-o', '-')
    assert 'M4 of' in receipt
    assert m4 == run(folder, 'plot', 'line.vl.json', '-o', '-', '--density', '0')[0]


@case
def what_is_not_positive_on_a_log_scale_is_not_given_to_m4(folder):
    receipt = plot(folder, f'select i as x, {NOISE} - 0.5 as y from range(60000) t(i)', '--mark', 'line', '--x', 'x',
                   '--y', 'y', '--y-scale', 'log')[1]
    assert 'M4 of' not in receipt


# --- density

def bins(folder, sql, *flags):
    text = plot(folder, sql, '--mark', 'point', '--x', 'x', '--y', 'y', '--format', 'data', *flags)[0].decode()
    return list(csv.DictReader(io.StringIO(text)))


POINTS = f'select {NOISE} * 1000 as x, (hash(i + 1) % 999983) / 1000.0 as y from range(120000) t(i)'


@case
def bins_hold_every_row_inside(folder):
    for flags in ([], ['--x-scale', 'log'], ['--y-scale', 'sqrt']):
        sql = f'select x + 1 as x, y from ({POINTS})'
        assert sum(float(r['__count']) for r in bins(folder, sql, *flags)) == number(
            folder, f'select count(*) from ({sql})'), flags


@case
def a_logarithm_of_nothing_is_an_error_that_says_so(folder):
    done = subprocess.run([PIKA, 'plot', 'one.csv', '--sql', POINTS, '--mark', 'point', '--x', 'x', '--y', 'y',
                           '--x-scale', 'log', '-o', 'no.png'], cwd=folder, capture_output=True, timeout=300)
    assert done.returncode == 1 and b'encoding.x.scale' in done.stderr, done.stderr
    assert not os.path.exists(os.path.join(folder, 'no.png'))


@case
def each_bin_is_the_count_that_sql_gives(folder):
    rows = bins(folder, POINTS)
    for r in rows[:: len(rows) // 5]:
        x, x_end, y, y_end = (float(r[k]) for k in ('x', 'x_end', 'y', 'y_end'))
        n = number(folder, f'select count(*) from ({POINTS}) where x >= {x!r}::double and x < {x_end!r}::double '
                   f'and y >= {y!r}::double and y < {y_end!r}::double')
        assert n == float(r['__count']), r


@case
def a_time_axis_and_nulls(folder):
    sql = (f"select timestamp '2021-03-01' + interval (i) second as x, case when i % 4 = 0 then null else {NOISE} end "
           'as y from range(100000) t(i)')
    assert sum(float(r['__count']) for r in bins(folder, sql)) == 75000


@case
def a_continuous_colour_is_the_mean_of_each_bin(folder):
    numbers = (f"select x, y, case i % 5 when 0 then null when 1 then 'nan'::double when 2 then 'inf'::double else i end as v "
               f'from (select *, row_number() over () as i from ({POINTS}))')
    dates = f"select *, timestamp '2001-02-03' + interval (x * 1000) minute as v from ({POINTS})"
    for sql, value in ((numbers, "case when isfinite(v) then v end"), (dates, "epoch_ms(v)")):
        rows = bins(folder, sql, '--color', 'v', '--width', '40', '--height', '30', '--scale', '1')
        assert sum(float(r['__count']) for r in rows) == 120000
        for r in rows[:: len(rows) // 5]:
            x, x_end, y, y_end = (float(r[k]) for k in ('x', 'x_end', 'y', 'y_end'))
            mean = number(folder, f'select avg({value}) from ({sql}) where x >= {x!r}::double and x < {x_end!r}::double '
                          f'and y >= {y!r}::double and y < {y_end!r}::double', float)
            shown = r['mean_v']
            if '-' in shown:
                shown = number(folder, f"select epoch_ms(timestamp '{shown}')")
            assert abs(float(shown) - mean) <= 1 + 1e-9 * abs(mean), (r, mean)
    picture, receipt = plot(folder, dates, '--mark', 'point', '--x', 'x', '--y', 'y', '--color', 'v', '--format', 'svg')
    assert b'>Mean of v<' in picture and 'mean of v' in receipt, receipt


@case
def a_colour_of_no_field_colours_no_pixel(folder):
    with open(os.path.join(folder, 'none.vl.json'), 'w') as f:
        json.dump({'data': {'name': 'query'}, 'mark': 'point', 'encoding': {
            'x': {'field': 'x', 'type': 'quantitative'}, 'y': {'field': 'y', 'type': 'quantitative'},
            'color': {'field': 'nowhere', 'type': 'quantitative', 'legend': None}}}, f)
    run(folder, 'query', 'one.csv', '-c', POINTS, '-o', 'query.parquet')
    out, err = run(folder, 'plot', 'none.vl.json', 'query.parquet', '-o', '-')
    assert 'no field "nowhere"' in err, err
    assert all(p[0] == p[1] == p[2] for row in decode_png(out)[2] for p in row)  # axes alone


@case
def too_many_marks_of_a_size_each_are_refused(folder):
    sql = 'select i as x, i % 97 as y, i % 5 as s from range(1000001) t(i)'
    done = subprocess.run([PIKA, 'plot', 'one.csv', '--sql', sql, '--mark', 'point', '--x', 'x', '--y', 'y',
                           '--size', 's:Q', '-o', 'no.png'], cwd=folder, capture_output=True, timeout=300)
    assert done.returncode == 1 and b'encoding.size: 1000001 rows are too many' in done.stderr, done.stderr


@case
def categories_are_counted_apart(folder):
    sql = f"select x, y, case when x > 500 then 'b' else 'a' end as s from ({POINTS})"
    rows = bins(folder, sql, '--color', 's')
    for s in 'ab':
        have = sum(float(r['__count']) for r in rows if r['s'] == s)
        assert have == number(folder, f"select count(*) from ({sql}) where s = '{s}'"), s


@case
def a_cell_is_a_device_pixel(folder):
    """Without axes the raster stands on white, PADDING from the edge: its cells are the pixels, none between."""
    run(folder, 'query', 'one.csv', '-c', f'select * from ({POINTS})', '--format', 'parquet', '-o', 'points.parquet')
    axis = {'axis': None, 'type': 'quantitative', 'scale': {'domain': [0, 1000]}}
    spec = {'data': {'url': 'points.parquet'}, 'mark': 'point', 'width': 200, 'height': 150, 'padding': 5,
            'view': {'stroke': None}, 'background': 'white',
            'encoding': {'x': {'field': 'x', **axis}, 'y': {'field': 'y', **axis}}}
    with open(os.path.join(folder, 'points.vl.json'), 'w') as f:
        json.dump(spec, f)
    for scale in (1, 2, 3):
        flags = ['plot', 'points.vl.json', '--scale', str(scale), '-o', '-']
        text = run(folder, *flags, '--format', 'data')[0].decode()
        pixels = decode_png(run(folder, *flags)[0])[2]
        filled = set()
        for r in csv.DictReader(io.StringIO(text)):
            column = round(float(r['x']) / 1000 * 200 * scale)
            row = 150 * scale - 1 - round(float(r['y']) / 1000 * 150 * scale)
            filled.add((column, row))
        edge = 5 * scale
        for row in range(150 * scale):
            for column in range(200 * scale):
                white = pixels[edge + row][edge + column] == b'\xff\xff\xff'
                assert white != ((column, row) in filled), (scale, column, row)


@case
def a_specification_says_how_counts_become_colours(folder):
    """Each backend's picture is the same to the byte, a device's too, where there is one."""
    run(folder, 'query', 'one.csv', '-c', f"select *, 's' || (x::bigint % 3) as s from ({POINTS})", '-o', 'shades.parquet')
    pictures = set()
    for transfer in ('equalize', 'linear', 'log', 'cbrt'):
        encoding = {'x': {'field': 'x', 'type': 'quantitative'}, 'y': {'field': 'y', 'type': 'quantitative'}}
        if transfer == 'log':
            encoding['color'] = {'field': 's'}
        spec = {'data': {'url': 'shades.parquet'}, 'mark': 'point', 'encoding': encoding,
                'usermeta': {'density': {'transfer': transfer, 'scheme': 'magma'}}}
        with open(os.path.join(folder, 'shades.vl.json'), 'w') as f:
            json.dump(spec, f)
        flags = ['plot', 'shades.vl.json', '-o', '-', '--backend']
        own = {run(folder, *flags, b)[0] for b in BACKENDS}
        assert len(own) == 1, transfer
        pictures |= own
    assert len(pictures) == 4
    with open(os.path.join(folder, 'shades.vl.json'), 'w') as f:
        json.dump({**spec, 'usermeta': {'density': {'transfer': 'sqrt'}}}, f)
    done = subprocess.run([PIKA, 'plot', 'shades.vl.json', '-o', 'x.png'], cwd=folder, capture_output=True)
    assert done.returncode == 1 and b'usermeta.density.transfer: there is no "sqrt"' in done.stderr, done.stderr


@case
def counts_have_a_legend(folder):
    scene = json.loads(plot(folder, POINTS, '--mark', 'point', '--x', 'x', '--y', 'y', '--format', 'scene')[0])
    assert 'Count of Records' in json.dumps(scene)


def main():
    print(f'TAP version 13\n1..{len(CASES)}')
    failed = 0
    for i, check in enumerate(CASES, 1):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, 'one.csv'), 'w') as f:
                f.write('a\n1\n')
            try:
                check(folder)
                print(f'ok {i} - {check.__name__}', flush=True)
            except Exception as error:  # noqa: BLE001 - every failure is a failed test with its words
                failed += 1
                print(f'not ok {i} - {check.__name__}')
                for line in (str(error) or repr(error)).split('\n')[:20]:
                    print(f'# {line}', flush=True)
    return 1 if failed else 0


sys.exit(main())
