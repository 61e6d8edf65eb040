import { captionPage, type CaptionRecognition } from '../../caption-page/caption-page.ts';
import type { OpenAiDoorOptions } from '../../openai/door-options.ts';
import { openAiDoor } from '../../openai/openai-door.ts';
import type { OpenDoor } from '../../service/door.ts';
import { warningLine } from '../terminal/error-line.ts';

/** A door of `serve`. */
export interface ServeDoor {
  readonly open: OpenDoor;
  /** Names the door and its address, for users. */
  readonly notice: (origin: string) => string;
}

/** Options of {@link serveDoors}. */
export interface ServeDoorsOptions {
  readonly openAi: OpenAiDoorOptions;
  /** Who recognises the microphones of browsers. */
  readonly captions: CaptionRecognition;
}

/** The doors of `serve`, in the order in which they are asked. */
export function serveDoors({ openAi, captions }: ServeDoorsOptions): readonly ServeDoor[] {
  return [openAiServeDoor(openAi), captionServeDoor(captions)];
}

function openAiServeDoor(options: OpenAiDoorOptions): ServeDoor {
  const onError: OpenAiDoorOptions['onError'] = (error) => process.stderr.write(`${warningLine(error)}\n`);
  return {
    open: openAiDoor({ ...options, onError }),
    notice: (origin) => `OpenAI API: ${origin}/v1`,
  };
}

function captionServeDoor(recognition: CaptionRecognition): ServeDoor {
  return {
    open: captionPage({ recognition }),
    notice: (origin) => `live captions: ${origin}/`,
  };
}
