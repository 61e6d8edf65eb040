/** Tells the time that has passed: monotonic, in ms. */
export interface Clock {
  now(): number;
}
