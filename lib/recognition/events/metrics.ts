/** Figures of one recognition, for its user and for the support of the service. Delays in ms. */
export interface RecognitionMetrics {
  /** Id of the last task. */
  readonly requestId: string;
  /** From the first audio sent to the first text; undefined when one of them is missing. */
  readonly firstPackageDelayMs: number | undefined;
  /** From `finish-task` to `task-finished`; undefined when the last task was not finished. */
  readonly lastPackageDelayMs: number | undefined;
  /** Tasks that the service has started. */
  readonly tasks: number;
  /** Audio sent to the service, in ms: also audio that was sent again, and inserted silence. */
  readonly sentMs: number;
  /** Audio that was sent again, in ms. */
  readonly resentMs: number;
  /** Seconds that the service has billed, by its own count. */
  readonly billedSeconds: number;
}
