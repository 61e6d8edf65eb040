export { ERROR_CODES, type ErrorCode, FunAsrError } from './errors.ts';
export type { FinalSentence, Sentence, Word } from './sentence.ts';
