/** How long a lease lasts without a renewal: another process waits for this time after the holder was killed. */
export const leaseTtl = 5_000

/** How often the holder of a lease renews it. */
export const renewInterval = 500

/** How long a note for the next holders is kept where it is not renewed. */
export const noteTtl = 3_600_000
