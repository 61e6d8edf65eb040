import type { PullProgress } from '../../../engines/models/model-pull.ts';
import type { HostFailure } from '../../../engines/models/pull/hosted-files.ts';
import { printable } from '../printable.ts';
import { newActivity, progressDisplay } from './progress-display.ts';
import { pullText } from './pull-text.ts';

/** Shows the progress of a model download. Shows nothing when there is no download. */
export interface PullDisplay {
  readonly onProgress: (progress: PullProgress) => void;
  readonly onHostFailure: (failure: HostFailure) => void;
  close(): void;
}

export function pullDisplay(): PullDisplay {
  const display = progressDisplay(newActivity());
  const format = pullText();
  return {
    onProgress: (progress) => display.setStatus(format(progress)),
    onHostFailure: ({ host, file, reason }) => display.print(printable(`${host}: ${file}: ${reason}`)),
    close: () => display.close(),
  };
}
