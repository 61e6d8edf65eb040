import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostedFilesOf, type LocalModel } from '../local-model.ts';

/** Name of the file beside the files of a model. */
export const LICENSE_FILE = 'LICENSE';

/**
 * Writes the license of a model beside its files: its name and address, who made the model, and where the files come from.
 * Models without an address of their license have none.
 */
export async function writeLicense(folder: string, model: LocalModel): Promise<void> {
  if (model.licenseUrl === undefined) return;
  const origins = hostedFilesOf(model).map(
    ([name, { repository, sha256 }]) =>
      `${name}: ${repository.name}, revision ${repository.revision}, SHA-256 ${sha256}`,
  );
  const lines = [
    `Model: ${model.name}`,
    `License: ${model.license}`,
    model.licenseUrl,
    '',
    ...(model.attribution ?? []),
    '',
    ...origins,
  ];
  await writeFile(join(folder, LICENSE_FILE), `${lines.join('\n')}\n`);
}
