import type { PullProgress } from '../../engines/models/model-pull.ts';
import { display } from './progress-display.ts';
import { pulling } from './format.ts';

/** Shows the download of a model, as long as there is one. */
export interface PullDisplay {
  readonly onProgress: (progress: PullProgress) => void;
  close(): void;
}

export function pullDisplay(): PullDisplay {
  const shown = display({ recordings: new Map(), total: 0 });
  return {
    onProgress: (progress) => shown.note(pulling(progress)),
    close: () => shown.close(),
  };
}
