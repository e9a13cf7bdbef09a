#!/usr/bin/env python3
"""TAP: specifications of a conformance kit, each drawn by `pika plot` and compared with the reference's scene.

usage: test-corpus.py PIKA DATASETS

PIKA_VEGA_LITE_KIT names the kit (specs/, expected/, core.txt, compare.mjs); without it, or without Node, the
test is skipped by name. PIKA_VEGA_DATASETS names the folder that "data/NAME" urls mean (default: DATASETS). One line a
specification of core.txt; those of corpus-known.txt (beside this script) may fail, with a reason in that file. The last
line holds the share to at least 85 %.
"""
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SHARE = 0.85


def skip(reason):
    print(f'1..1\nok 1 - corpus # SKIP {reason}')
    sys.exit(0)


def known_failures():
    """{name: reason} of lines "name reason…"."""
    path = pathlib.Path(__file__).with_name('corpus-known.txt')
    lines = path.read_text().splitlines() if path.exists() else []
    return dict((line.split(None, 1) + [''])[:2] for line in lines if line.strip() and not line.startswith('#'))


def check(pika, kit, data, folder, name):
    """The first difference, or '' if the scene is the reference's."""
    scene = pathlib.Path(folder, f'{name}.scene.json')
    with open(scene, 'wb') as out:
        drawn = subprocess.run([pika, 'plot', kit / 'specs' / f'{name}.vl.json', '--data', data, '--format', 'scene'],
                               stdout=out, stderr=subprocess.PIPE, timeout=120)
    if drawn.returncode != 0:
        return drawn.stderr.decode(errors='replace').strip() or f'exit status {drawn.returncode}'
    compared = subprocess.run(['node', kit / 'compare.mjs', kit / 'expected' / f'{name}.scene.json', scene],
                              capture_output=True, timeout=120)
    if compared.returncode == 0:
        return ''
    lines = (compared.stdout + compared.stderr).decode(errors='replace').strip().splitlines()
    return lines[0] if lines else 'it differs'


def main():
    pika, default_data = sys.argv[1], sys.argv[2]
    kit = os.environ.get('PIKA_VEGA_LITE_KIT', '')
    data = os.environ.get('PIKA_VEGA_DATASETS', default_data)
    if not kit:
        skip('PIKA_VEGA_LITE_KIT does not name a conformance kit')
    if not shutil.which('node'):
        skip('there is no node to compare scenes with')
    if not os.path.isdir(data):
        skip(f'there are no data sets in {data}')
    kit = pathlib.Path(kit)
    names = kit.joinpath('core.txt').read_text().split()
    known = known_failures()
    passed = failed = 0
    print(f'1..{len(names) + 1}', flush=True)
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda name: check(pika, kit, data, folder, name), names)
        for number, (name, difference) in enumerate(zip(names, found), 1):
            passed += not difference
            if difference:
                print(f'# {name}: {difference[:500]}')
            unexpected = difference and name not in known
            failed += bool(unexpected)
            skipped = f' # SKIP it differs: {known[name]}' if difference and name in known else ''
            print(f'{"not ok" if unexpected else "ok"} {number} - {name}{skipped}', flush=True)
    share = passed / max(1, len(names))
    print(f'{"ok" if share >= SHARE else "not ok"} {len(names) + 1} - {passed} of {len(names)} scenes are the reference\'s')
    return 1 if failed or share < SHARE else 0


if __name__ == '__main__':
    sys.exit(main())
