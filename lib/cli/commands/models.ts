import type { Command } from 'commander';
import type { Region } from '../../protocol/addresses.ts';
import { CLOUD_MODELS, CLOUD_MODELS_AS_OF, type CloudModel } from '../../protocol/cloud-models.ts';
import { addHelpText } from '../terminal/help.ts';
import { printJson } from '../terminal/print-json.ts';
import { table } from '../terminal/table.ts';

export function define(command: Command): void {
  command.option('--json', 'print JSON, one object per line').action(run);
  addHelpText(command, { notes: ['For the models of the local engine, run: fun-asr engine list'] });
}

function run({ json }: { readonly json?: boolean }): void {
  if (json) for (const model of CLOUD_MODELS) printJson(model);
  else printTable();
}

function printTable(): void {
  const header = ['MODEL', 'SAMPLE RATE', 'LANGUAGES', 'INTL', 'CN'];
  const rows = CLOUD_MODELS.map((model) => [
    model.name,
    typeof model.sampleRate === 'number' ? `${model.sampleRate} Hz` : model.sampleRate,
    model.languages.join(' ') || 'many',
    price(model, 'intl'),
    price(model, 'cn'),
  ]);
  process.stdout.write(table(header, rows));
  process.stdout.write(
    `\nPrices per hour of audio, as of ${CLOUD_MODELS_AS_OF}; in/out: per million tokens, as of September 2026. The console ` +
      'has the current prices.\n',
  );
}

function price(model: CloudModel, region: Region): string {
  const offer = model.regions[region];
  if (offer === undefined) return '-';
  if (offer === 'unknown price') return 'unknown';
  return 'perSecond' in offer
    ? `${(offer.perSecond * 3600).toFixed(3)} ${offer.currency}`
    : `${offer.perMillionInputTokens} in, ${offer.perMillionOutputTokens} out ${offer.currency}`;
}
