import type { PullProgress } from '../../engines/models/model-pull.ts';
import { formatPull } from './format.ts';
import { newActivity, progressDisplay } from './progress-display.ts';

/** Shows the progress of a model download. Shows nothing when there is no download. */
export interface PullDisplay {
  readonly onProgress: (progress: PullProgress) => void;
  close(): void;
}

export function pullDisplay(): PullDisplay {
  const display = progressDisplay(newActivity());
  return {
    onProgress: (progress) => display.setStatus(formatPull(progress)),
    close: () => display.close(),
  };
}
