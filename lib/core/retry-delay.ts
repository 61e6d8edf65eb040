/**
 * The delay before a retry, in ms: exponential back-off with full jitter, so that clients that have failed at the same
 * moment do not retry at the same moment.
 * @param firstMs Longest delay before the first retry.
 * @param doublings How many times that limit is doubled.
 * @param maxMs Longest delay of all.
 */
export function retryDelay(firstMs: number, doublings: number, maxMs: number): number {
  return Math.random() * Math.min(maxMs, firstMs * 2 ** doublings);
}
