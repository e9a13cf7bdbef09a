#!/usr/bin/env python3
"""TAP checks of the runtime's protocol: every run of tests/model/sched.pml, by Spin.

usage: test-model.py SOURCE_ROOT

Each case is a model of few jobs, searched to its end; those named after a mutant hold a fault, and pass if Spin finds it.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

INTERACTIVE, QUERY, BACKGROUND = range(3)
SAFE = (['-DSAFETY'], [])
LIVE = (['-DNFAIR=8'], ['-a', '-f'])


def model(name, lanes, *defines, capacity=2, mode=SAFE, fails=False):
    flags = [f'JOBS={len(lanes)}', f'CAPACITY={capacity}', *(f'LANE_{i}={lane}' for i, lane in enumerate(lanes)), *defines]
    return name, [f'-D{flag}' for flag in flags], mode, fails


CASES = [
    model('queries park, and are told once', [QUERY, QUERY, QUERY], capacity=1),
    model('lanes mix, and nobody is forgotten', [QUERY, QUERY, BACKGROUND]),
    model('a loop lends and takes back, frames supersede each other', [INTERACTIVE, INTERACTIVE, QUERY], 'LOOP', capacity=1),
    model('interactive work runs beside a loop that never ends; a cancel ends it', [QUERY, INTERACTIVE, INTERACTIVE],
          'LOOP', 'ENDLESS', capacity=1),
    model('the end comes at any time, with a query and a frame', [QUERY, INTERACTIVE], 'CLOSER'),
    model('the end comes at any time, with a loop', [QUERY, BACKGROUND], 'CLOSER', 'LOOP'),
    model('every fair run tells all', [QUERY, INTERACTIVE], 'LOOP', 'LIVE', mode=LIVE),
    model('a job that hears nothing is told and left, and its worker is replaced', [QUERY, QUERY, INTERACTIVE], 'LEFT', 'ENDLESS'),
    model('the end comes at any time, with a job that was left', [QUERY, INTERACTIVE], 'LEFT', 'CLOSER',
          'ONLY_CLOSER'),
    model('who waits grows older, and nobody is forgotten', [QUERY, INTERACTIVE, BACKGROUND], 'AGEING'),
    model('background work starts though queries come for ever', [QUERY, QUERY, BACKGROUND], 'AGEING', 'RETURNING', 'LIVE', mode=LIVE),
    model('mutant: background work does not age', [QUERY, QUERY, BACKGROUND], 'AGEING', 'RETURNING', 'LIVE', 'MUTANT_AGE',
          mode=LIVE, fails=True),
    model('mutant: the worker of a job that was left is not replaced', [QUERY, QUERY, INTERACTIVE], 'LEFT', 'ENDLESS',
          'MUTANT_REPLACE', fails=True),
    model('mutant: a job that was left gives its place back twice', [QUERY, INTERACTIVE], 'LEFT', 'ENDLESS', 'MUTANT_PLACE',
          fails=True),
    model('mutant: the data of a job that was left are freed as it is told', [QUERY, INTERACTIVE], 'LEFT', 'ENDLESS', 'MUTANT_FREE',
          fails=True),
    model('mutant: nobody is woken', [QUERY, QUERY, QUERY], 'MUTANT_WAKE', capacity=1, fails=True),
    model('mutant: a cancel before the token is lost', [QUERY, BACKGROUND], 'ENDLESS', 'MUTANT_TOKEN', fails=True),
    model('mutant: a post before the context sleeps is lost', [QUERY, INTERACTIVE], 'MUTANT_READY', fails=True),
    model('mutant: a cancelled job that runs is told twice', [QUERY, INTERACTIVE], 'MUTANT_TWICE', fails=True),
    model('mutant: queries may hold every worker', [QUERY, QUERY, INTERACTIVE], 'ENDLESS', 'MUTANT_CAP', fails=True),
    model('mutant: a lent worker is not given back', [QUERY, INTERACTIVE, INTERACTIVE], 'LOOP', 'ENDLESS', 'MUTANT_LEAVE',
          capacity=1, fails=True),
]


def search(source, folder, flags, mode):
    """The verifier's report."""
    run = dict(cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for command in (['spin', '-a', *flags, str(source)],
                    [os.environ.get('CC', 'cc'), '-O2', '-w', '-DCOLLAPSE', *mode[0], '-o', 'pan', 'pan.c'],
                    ['./pan', '-E', '-m1000000', '-w22', *mode[1]]):
        done = subprocess.run(command, **run)
        if done.returncode != 0:
            break
    return done.stdout


def verdict(report, fails):
    errors = re.search(r'errors: (\d+)', report)
    if not errors or 'search depth too small' in report or 'aborted' in report:
        return False
    found = 'assertion violated' in report or 'acceptance cycle' in report.split('\n(Spin', 1)[0]
    return (errors.group(1) != '0' and found) if fails else errors.group(1) == '0'


def main():
    source = pathlib.Path(sys.argv[1]).resolve() / 'tests' / 'model' / 'sched.pml'
    print(f'1..{len(CASES)}')
    status = 0
    for number, (name, flags, mode, fails) in enumerate(CASES, 1):
        if not shutil.which('spin'):
            print(f'ok {number} - {name} # SKIP spin is not installed')
            continue
        with tempfile.TemporaryDirectory() as folder:
            report = search(source, folder, flags, mode)
        if verdict(report, fails):
            states = re.search(r'(\d+) states, stored', report)
            print(f'# {states.group(1)} states\nok {number} - {name}', flush=True)
        else:
            print(''.join(f'# {line}\n' for line in report.splitlines()) + f'not ok {number} - {name}', flush=True)
            status = 1
    sys.exit(status)


if __name__ == '__main__':
    main()
