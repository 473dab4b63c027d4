/**
 * Thrown by the resolver of a subscription field for an event that the caller may not see at the moment: the event is not
 * delivered. The schema and the server share it.
 */
export class HiddenEvent extends Error {
  override readonly name = 'HiddenEvent'

  constructor() {
    super('The caller may not see this event.')
  }
}
