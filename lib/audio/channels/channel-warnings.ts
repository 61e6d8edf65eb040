import { FunAsrError, type TimeSpan } from '../../core/errors.ts';
import { formatSpan } from '../../core/seconds.ts';

/** The warning for a part in which one channel, counted from 0, was decoded instead of the mix. */
export function loudestChannelWarning(
  name: string,
  { channel, ...span }: TimeSpan & { readonly channel: number },
): FunAsrError {
  return new FunAsrError(
    'W_LOUDEST_CHANNEL',
    `${name}: from ${formatSpan(span)} the mix of its channels is silent or loses one of them; channel ${channel + 1} was used`,
    { hint: 'Its channels cancel each other out, or only a channel that is not mixed has sound.', span },
  );
}
