/** A command line that cannot be executed. */
export class UsageError extends Error {}
