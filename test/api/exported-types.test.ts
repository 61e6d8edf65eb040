import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ENTRIES = {
  'fun-asr-streams': 'index.d.ts',
  'fun-asr-streams/testing': 'testing/index.d.ts',
  'fun-asr-streams/ai-sdk': 'adapters/ai-sdk/index.d.ts',
  'fun-asr-streams/livekit': 'adapters/livekit/index.d.ts',
  'fun-asr-streams/opentelemetry': 'adapters/opentelemetry/index.d.ts',
};

const DIST = dirname(fileURLToPath(import.meta.resolve('fun-asr-streams')));

interface Declaration {
  readonly name: string;
  readonly text: string;
}

/** A declaration file without its comments. */
function read(path: string): string {
  return readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

/** The declarations of a file: each begins at the start of a line. */
function declarationsOf(source: string): Declaration[] {
  return source
    .split(/^(?=export |declare |interface |type |class |import )/m)
    .map((text) => ({
      text,
      name:
        /^(?:export )?(?:declare )?(?:abstract )?(?:interface|type|class|function|const) (\w+)/.exec(
          text,
        )?.[1] ?? '',
    }))
    .filter(({ name }) => name !== '');
}

/** Names that the statements `keyword { … } from '…'` of a file mention, as their modules name them, with the module. */
function namesIn(source: string, keyword: 'import' | 'export'): Map<string, string> {
  const statements = source.matchAll(
    new RegExp(`^${keyword}(?: type)? \\{([^}]*)\\} from ["']([^"']+)["']`, 'gm'),
  );
  return new Map(
    [...statements].flatMap(([, names = '', module = '']) =>
      names
        .split(',')
        .map((name) => name.trim().replace(/^type /, ''))
        .filter(Boolean)
        .map((name) => [name.split(' as ')[0] ?? '', module] as const),
    ),
  );
}

/**
 * Names of this package that a declaration mentions. `#private` members and default values are not in declaration
 * files.
 */
function mentioned({ text, name }: Declaration, known: ReadonlySet<string>): string[] {
  const words =
    text.replaceAll(/'[^']*'|"[^"]*"|typeof \w+/g, '').match(/(?<![.\w])[A-Za-z_]\w*(?!\w*[?]?:)/g) ?? [];
  return [...new Set(words)].filter((word) => word !== name && known.has(word));
}

/** What the declarations of an entry mention and no entry exports, as `declaration → name`. */
function missingFrom(entry: string): string[] {
  const path = join(DIST, entry);
  const exported = new Set(Object.values(ENTRIES).flatMap((each) => exportsOf(join(DIST, each))));
  return [...namesIn(read(path), 'export')].flatMap(([name, module]) => {
    const file = join(dirname(path), module.replace(/\.[jt]s$/, '.d.ts'));
    const source = read(file);
    const imports = [...namesIn(source, 'import')].filter(([, from]) => from.startsWith('.'));
    const declarations = declarationsOf(source);
    // A constant that is not exported is the base of a class, which another package defines.
    const types = declarations.filter((each) => !each.text.startsWith('declare const '));
    const known = new Set([...imports.map(([imported]) => imported), ...types.map((each) => each.name)]);
    return declarations
      .filter((declaration) => declaration.name === name)
      .flatMap((declaration) => mentioned(declaration, known))
      .filter((word) => !exported.has(word))
      .map((word) => `${basename(file)}: ${name} → ${word}`);
  });
}

function exportsOf(path: string): string[] {
  return [...namesIn(read(path), 'export').keys()];
}

it('is imported by its name only in the tests of this folder', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const files = readdirSync(folder).filter((name) => name !== basename(import.meta.url));
  expect(files.length).toBeGreaterThan(1);
  const isPrivate = (name: string) =>
    /from '[^']*\/(lib|dist)\//.test(readFileSync(join(folder, name), 'utf8'));
  expect(files.filter(isPrivate)).toEqual([]);
});

describe.each(Object.entries(ENTRIES))('%s', (_, entry) => {
  it('exports every type that its public signatures mention', () => {
    expect(exportsOf(join(DIST, entry)).length).toBeGreaterThan(1);
    expect(missingFrom(entry)).toEqual([]);
  });
});
