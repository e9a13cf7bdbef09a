#!/usr/bin/env python3
"""TAP checks of the tree's shape: who may include whom, and what a file may hold.

usage: check-layout.py SOURCE_ROOT
       check-layout.py SOURCE_ROOT headers [DUCKDB_DIR]

With `headers`, that each header compiles alone, which takes some seconds; else all the rest.

The build already keeps a folder's include path from those who may not see it;
this also sees what an include path cannot tell, such as a header reached
through a neighbour, and says which arrow of DESIGN.md it runs against.
"""
import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess
import sys

# folder: the folders it includes directly; what those see, it sees as well.
ARROWS = {
    'base': [],
    'sched': ['base'],
    'math': ['base'],
    'arrow': ['base'],
    'frame': ['arrow', 'sched'],
    'plan': ['frame', 'math'],
    'source': ['arrow', 'sched'],
    'source/duckdb': ['source'],
    'backend': ['plan'],
    'backend/ref': ['backend'],
    'backend/cpu': ['backend'],
    'backend/sql': ['backend', 'source'],
    'backend/vulkan': ['backend'],
    'spec': ['plan'],
    'scene': ['spec', 'math'],
    'export': ['scene'],
    'session': ['source/duckdb', 'backend/ref', 'backend/cpu', 'backend/sql', 'backend/vulkan', 'export'],
}
# A library, how its headers are named, and the folders that may know it.
LIBRARIES = [
    ('DuckDB', re.compile(r'^(duckdb|adbc)[.\w/]*h$'), ['engine/source/duckdb']),
    ('Cairo and Pango', re.compile(r'^(cairo|pango)'), ['engine/export', 'app']),
    ('JSON', re.compile(r'^json-glib/'), ['engine/spec', 'engine/plan', 'engine/source', 'engine/source/duckdb',
                                          'engine/scene', 'engine/export', 'engine/session', 'cli', 'app']),
    ('Zstandard', re.compile(r'^zstd'), ['engine/source']),
    ('Vulkan', re.compile(r'^(vulkan|volk)'), ['engine/backend/vulkan']),
    ('GTK', re.compile(r'^(gtk|gdk|adwaita)'), ['app']),
]
FORBIDDEN = ['strcpy', 'strcat', 'sprintf', 'gets', 'atoi', 'atof', 'system']
MOST_LINES = 800
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


class Tap:
    def __init__(self):
        self.lines = []

    def check(self, name, faults):
        """One check; each fault is a line that says where and what."""
        number = len(self.lines) + 1
        notes = ''.join(f'# {line}\n' for fault in faults for line in fault.splitlines())
        self.lines.append(f'{notes}{"not ok" if faults else "ok"} {number} - {name}')

    def show(self):
        print(f'1..{len(self.lines)}')
        print('\n'.join(self.lines))
        return any('not ok' in line for line in self.lines)


def reach(folder):
    seen = {folder}
    for direct in ARROWS[folder]:
        seen |= reach(direct)
    return seen


def check_build_agrees(tap, root):
    """What a folder's meson.build links is what ARROWS says, so neither drifts alone."""
    faults = []
    for path in sorted((root / 'engine').rglob('meson.build')):
        folder = folder_of(root / 'engine', path)
        found = re.search(r'^\w+_deps = \[([^\]]*)\]', path.read_text(), re.MULTILINE)
        if not found or folder not in ARROWS:
            continue
        names = {f.replace('/', '_') + '_dep': f for f in ARROWS}
        direct = [names[n] for n in re.findall(r'\w+', found.group(1)) if n in names]
        built = {folder}.union(*(reach(f) for f in direct))
        for other in sorted(built ^ reach(folder)):
            faults.append(f'engine/{folder} {"links" if other in built else "does not link"} engine/{other}')
    tap.check('the build links along the arrows', faults)


def without_comments(text):
    return COMMENT_OR_STRING.sub(lambda m: '""' if m.group(0)[0] in '"\'' else '\n' * m.group(0).count('\n'), text)


def folder_of(root, path):
    return str(path.parent.relative_to(root))


def sources(root, *tops):
    return sorted(p for top in tops for p in (root / top).rglob('*') if p.suffix in ('.c', '.h'))


def check_headers_are_unique(tap, root):
    owners = {}
    for path in sources(root, 'engine', 'include', 'cli'):
        if path.suffix == '.h':
            owners.setdefault(path.name, []).append(str(path.relative_to(root)))
    tap.check('every header has a name of its own',
              [f'{name}: {", ".join(paths)}' for name, paths in sorted(owners.items()) if len(paths) > 1])
    return {name: str(pathlib.PurePath(paths[0]).parent) for name, paths in owners.items()}


def check_arrows(tap, root, owners):
    folders = sorted({folder_of(root / 'engine', p) for p in sources(root, 'engine')})
    for folder in folders:
        if folder not in ARROWS:
            tap.check(f'engine/{folder} stands among the arrows', [f'engine/{folder} is in no arrow'])
            continue
        allowed = {'engine/' + f for f in reach(folder)}
        allowed |= {'include/pika'} if folder == 'session' else set()
        faults = []
        for path in (root / 'engine' / folder).glob('*.[ch]'):
            for _, name in INCLUDE.findall(path.read_text(errors='replace')):
                owner = owners.get(name.split('/')[-1])
                if owner and owner not in allowed:
                    faults.append(f'{path.relative_to(root)} includes {name} of {owner}')
        tap.check(f'engine/{folder} includes only along the arrows', faults)
    for top in ('cli', 'app', 'include'):
        faults = [f'{path.relative_to(root)} includes {name} of {owners[name.split("/")[-1]]}'
                  for path in sources(root, top)
                  for _, name in INCLUDE.findall(path.read_text(errors='replace'))
                  if owners.get(name.split('/')[-1], '').startswith('engine')]
        if (root / top).is_dir():
            tap.check(f'{top} knows the engine only by include/pika', faults)


def check_libraries(tap, root):
    for library, pattern, folders in LIBRARIES:
        faults = []
        for path in sources(root, 'engine', 'cli', 'app', 'include'):
            folder = folder_of(root, path)
            # The application's folders all draw; the engine's are named one by one.
            if folder in folders or ('app' in folders and folder.split('/')[0] == 'app'):
                continue
            names = [name for _, name in INCLUDE.findall(path.read_text(errors='replace'))]
            faults += [f'{path.relative_to(root)} includes {name}' for name in names if pattern.match(name)]
        tap.check(f'{library} is known only to {", ".join(folders)}', faults)


def check_text(tap, root):
    every = sources(root, 'engine', 'include', 'cli', 'app', 'tests', 'fuzz', 'bench')
    counts = [(len(p.read_text(errors='replace').splitlines()), p.relative_to(root)) for p in every]
    tap.check(f'no file has more than {MOST_LINES} lines',
              [f'{path}: {count} lines' for count, path in counts if count > MOST_LINES])
    call = re.compile(r'(?<![\w>.])(' + '|'.join(FORBIDDEN) + r')\s*\(')
    faults = []
    for path in every:
        for number, line in enumerate(without_comments(path.read_text(errors='replace')).splitlines(), 1):
            faults += [f'{path.relative_to(root)}:{number}: {name}()' for name in call.findall(line)]
    tap.check('no call that has a safer one: ' + ', '.join(FORBIDDEN), faults)


def check_headers_stand_alone(tap, root, duckdb):
    headers = [p for p in sources(root, 'include', 'engine') if p.suffix == '.h'
               and (p.is_relative_to(root / 'include') or folder_of(root / 'engine', p) in ARROWS)]
    modules = ['glib-2.0', 'gio-2.0', 'gio-unix-2.0', 'json-glib-1.0', 'pangocairo', 'cairo']
    flags = subprocess.run(['pkg-config', '--cflags', *modules], text=True, check=True,
                           stdout=subprocess.PIPE).stdout.split()
    compiler = shlex.split(os.environ.get('CC', 'cc'))

    def compile_alone(header):
        public = header.is_relative_to(root / 'include')
        folder = folder_of(root / 'engine', header) if not public else None
        seen = [root / 'include'] if public else [root / 'engine' / f for f in sorted(reach(folder))]
        seen += [root / 'include'] if folder == 'session' else []
        seen += [root / 'kernels'] if folder == 'backend/vulkan' else []
        seen += [duckdb] if duckdb and folder in ('source/duckdb', 'session') else []
        command = [*compiler, '-std=gnu11', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter',
                   '-fsyntax-only', *(f'-I{path}' for path in seen), *flags, '-x', 'c', '-']
        text = f'#include "{header}"\n'
        done = subprocess.run(command, input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return [] if done.returncode == 0 else done.stdout.splitlines()[:8]

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for header, faults in zip(headers, pool.map(compile_alone, headers)):
            tap.check(f'{header.relative_to(root)} compiles alone', faults)


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    tap = Tap()
    if sys.argv[2:3] == ['headers']:
        check_headers_stand_alone(tap, root, sys.argv[3] if len(sys.argv) > 3 else None)
    else:
        owners = check_headers_are_unique(tap, root)
        check_arrows(tap, root, owners)
        check_build_agrees(tap, root)
        check_libraries(tap, root)
        check_text(tap, root)
    sys.exit(tap.show())


if __name__ == '__main__':
    main()
