import type { Command } from 'commander';
import { MODELS, MODELS_AS_OF, type Model, type Region } from '../../protocol/models.ts';
import { printJson } from '../terminal/print-json.ts';
import { table } from '../terminal/table.ts';

export function define(command: Command): void {
  command
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nThe models of the local engine: fun-asr engine list')
    .action((flags: { readonly json?: boolean }) => {
      if (flags.json) for (const model of MODELS) printJson(model);
      else print();
    });
}

function print(): void {
  const header = ['MODEL', 'SAMPLE RATE', 'LANGUAGES', 'INTL', 'CN'];
  const rows = MODELS.map((model) => [
    model.name,
    model.sampleRate === 'any' ? 'any' : `${model.sampleRate} Hz`,
    model.languages.join(' '),
    price(model, 'intl'),
    price(model, 'cn'),
  ]);
  process.stdout.write(table(header, rows));
  process.stdout.write(`\nPrices for one hour of audio, as of ${MODELS_AS_OF}; the console is right.\n`);
}

function price(model: Model, region: Region): string {
  const offer = model.regions[region];
  return offer ? `${(offer.perSecond * 3600).toFixed(3)} ${offer.currency}` : '-';
}
