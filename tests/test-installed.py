#!/usr/bin/env python3
"""TAP tests of what an installation holds: the program and its parts run from there, and others can build with it.

usage: test-installed.py BUILD
"""
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(sys.argv[1]).resolve()
USER = r'''
#include <pika/pika.h>
#include <stdio.h>

int
main(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaSession) session = pika_session_new(NULL, &error);
  struct ArrowArrayStream stream = { 0 };
  struct ArrowArray batch = { 0 };
  if (!session || !pika_session_query(session, "SELECT 6 * 7 AS n", &stream, NULL, NULL, &error)) {
    fprintf(stderr, "%s\n", error->message);
    return 1;
  }
  stream.get_next(&stream, &batch);
  printf("%d of %s\n", ((const int *)batch.children[0]->buffers[1])[batch.offset], pika_version());
  batch.release(&batch);
  stream.release(&stream);
  return 0;
}
'''


def run(*command, **options):
    done = subprocess.run([str(c) for c in command], text=True, capture_output=True, **options)
    assert done.returncode == 0, f'{command}: {done.stdout}{done.stderr}'
    return done.stdout


def option(name):
    options = json.loads(run('meson', 'introspect', '--buildoptions', BUILD))
    return next(o['value'] for o in options if o['name'] == name)


def a_program_builds_with_it(prefix, folder):
    libdir = prefix / option('libdir')
    described = (libdir / 'pkgconfig' / 'pika.pc').read_text()
    (folder / 'pika.pc').write_text(described.replace(f'prefix={option("prefix")}\n', f'prefix={prefix}\n'))
    env = dict(os.environ, PKG_CONFIG_PATH=str(folder))
    flags = shlex.split(run('pkg-config', '--cflags', '--libs', 'pika', env=env))
    assert f'-I{prefix}/include' in flags, flags
    (folder / 'user.c').write_text(USER)
    run('cc', '-Wall', '-Werror', '-o', folder / 'user', folder / 'user.c', *flags)
    answer = run(folder / 'user', env=dict(os.environ, LD_LIBRARY_PATH=str(libdir)))
    assert answer == f'42 of {version(prefix)}\n', answer


def version(prefix):
    return run(prefix / 'bin' / 'pika', '--version').split()[1]


def the_command_runs(prefix, folder):
    (folder / 't.csv').write_text('a,b\n1,2\n3,4\n')
    assert run(prefix / 'bin' / 'pika', 'query', folder / 't.csv', '-c', 'SELECT sum(b) AS s FROM t') == 's\n6\n'


def the_benchmark_runs(prefix, folder):
    assert 'bin' in run(prefix / 'bin' / 'pika', 'bench', '--rows', '100000', '--repeat', '1', '--threads', '1')


def man_page_and_completions_are_there(prefix, folder):
    for path in ('man/man1/pika.1', 'bash-completion/completions/pika.bash', 'zsh/site-functions/_pika',
                 'fish/vendor_completions.d/pika.fish'):
        assert (prefix / 'share' / path).stat().st_size > 0, path


def main():
    cases = [a_program_builds_with_it, the_command_runs, the_benchmark_runs, man_page_and_completions_are_there]
    if option('b_sanitize') != 'none':
        print('1..0 # SKIP a program without sanitizers cannot load a library with them')
        return
    print(f'1..{len(cases)}', flush=True)
    failed = False
    with tempfile.TemporaryDirectory(prefix='pika-installed-') as name:
        folder = pathlib.Path(name)
        run('meson', 'install', '-C', BUILD, '--no-rebuild', '--quiet', env=dict(os.environ, DESTDIR=str(folder / 'root')))
        prefix = folder / 'root' / option('prefix').lstrip('/')
        for i, case in enumerate(cases, 1):
            try:
                case(prefix, folder)
                print(f'ok {i} {case.__name__}', flush=True)
            except Exception as e: # any failure is the case's
                failed = True
                print(f'# {e}\nnot ok {i} {case.__name__}', flush=True)
    sys.exit(failed)


main()
