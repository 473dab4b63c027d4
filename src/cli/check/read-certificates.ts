import type { z } from 'zod'
import { certificatesOperation, totalOperation } from '../../check-operations.ts'
import { type Execute, type ExecutedOperation, ExecutionError } from '../execute.ts'
import { readMember } from '../read-member.ts'
import { type CheckedCertificate, type CheckedSource, certificatesPage, certificatesTotal } from './operation.ts'
import { type OptionValue, toOptionText } from './option-text.ts'
import { filterOf, filtersOfSuspects, type Selection } from './selection.ts'

/** What the vendors have, as far as it matters for a check. */
export interface CheckedState {
  /** How many certificates are checked. */
  readonly total: number
  /** Those that may not be OK. */
  readonly suspects: readonly CheckedCertificate[]
  readonly sources: readonly CheckedSource[]
  readonly incompleteReasons: readonly string[]
  /** Errors, and owners and places that match nothing. */
  readonly errors: readonly string[]
}

interface Operation {
  readonly query: string
  /** The member of the data that is read. */
  readonly field: string
  readonly variables: Readonly<Record<string, unknown>>
}

type Page = z.infer<typeof certificatesPage>
type Total = z.infer<typeof certificatesTotal>

/**
 * Reads the certificates of a selection. The vendors are read by the first operation: the others use its readings. What was
 * read before a failure counts.
 */
export async function readCertificates(execute: Execute, selection: Selection): Promise<CheckedState> {
  const state = createState()
  try {
    await readInto(state, execute, selection)
  } catch (error) {
    if (!(error instanceof ExecutionError)) throw error
    state.addError(error.message)
  }
  return state.toChecked()
}

async function readInto(state: State, execute: Execute, selection: Selection): Promise<void> {
  /** The member of an answer; null, with the reason in the state, when it is absent or malformed. */
  const read = async <Value>(
    schema: z.ZodType<Value>,
    operation: Operation,
    about?: OptionValue,
  ): Promise<Value | null> => {
    const { query, field, variables } = operation
    const answer = await execute(query, variables)
    state.addErrors(answer.errors, about)
    const { value, mistake } = readMember(schema, answer, field)
    if (mistake !== null) state.addError(mistake)
    return value
  }
  /** Null when the filter is an error, which is then in the state. */
  const countThat = async (part: Partial<Selection>, about?: OptionValue): Promise<number | null> => {
    const filter = filterOf({ ...selection, ...part })
    const operation = { query: totalOperation, field: 'certificateStatistics', variables: { filter } }
    const value = await read(certificatesTotal, operation, about)
    if (!value) return null
    state.addReport(value)
    // A place that could not be read may have some.
    if (value.total === 0 && value.complete)
      state.addError(`no certificate${about ? ` of ${about.option} ${about.value}` : ''}`)
    return value.total
  }

  // Each of them has to match: another one may be misspelled.
  const [places, owners]: [string[], string[]] = [[], []]
  for (const place of selection.places) {
    if ((await countThat({ places: [place], owners: [] }, { option: 'place', value: place })) !== null)
      places.push(place)
  }
  if (selection.places.length > places.length && places.length === 0) return
  for (const owner of selection.owners) {
    if ((await countThat({ places, owners: [owner] }, { option: 'owner', value: owner })) !== null) owners.push(owner)
  }
  if (selection.owners.length > owners.length && owners.length === 0) return
  const selected = { ...selection, places, owners }
  state.setTotal((await countThat(selected)) ?? 0)

  for (const filter of filtersOfSuspects(selected)) {
    const cursors = new Set<string>()
    let after: string | null = null
    do {
      const variables: Operation['variables'] = { filter, after }
      const page = await read(certificatesPage, { query: certificatesOperation, field: 'certificates', variables })
      if (!page) break
      state.addReport(page)
      state.addSuspects(page.nodes)
      const { hasNextPage, endCursor } = page.pageInfo
      after = hasNextPage ? endCursor : null
      if (after !== null && cursors.has(after)) {
        state.addError('the list of certificates has no end: the cursor of a page is repeated')
        break
      }
      if (after !== null) cursors.add(after)
    } while (after !== null)
  }
}

const statusOrder = ['OK', 'STALE', 'FAILED']

type State = ReturnType<typeof createState>

/** Joins the answers to several operations. */
function createState() {
  const suspects = new Map<string, CheckedCertificate>()
  const sources = new Map<string, CheckedSource>()
  const reasons = new Set<string>()
  const errors = new Set<string>()
  let total = 0
  return {
    setTotal(value: number) {
      total = value
    },
    addSuspects(nodes: readonly CheckedCertificate[]) {
      for (const node of nodes) suspects.set(node.id, node)
    },
    /** Of several reports on a reading, the worst one counts. */
    addReport(report: Total | Page) {
      for (const reason of report.incompleteReasons) reasons.add(reason)
      for (const source of report.sources) {
        const key = `${source.place.id} ${source.kind}`
        const known = sources.get(key)
        const isWorse = !known || statusOrder.indexOf(source.status) > statusOrder.indexOf(known.status)
        if (isWorse || source.unreadableRows > known.unreadableRows) sources.set(key, source)
      }
      if (!report.complete && report.incompleteReasons.length === 0) reasons.add('The answer is not complete.')
    },
    addError: (message: string) => void errors.add(message),
    addErrors(all: ExecutedOperation['errors'], about?: OptionValue) {
      for (const { message, code } of all)
        errors.add(`${toOptionText(message, about)}${code === undefined ? '' : ` (${code})`}`)
    },
    toChecked: (): CheckedState => ({
      total,
      suspects: [...suspects.values()],
      sources: [...sources.values()],
      incompleteReasons: [...reasons],
      errors: [...errors],
    }),
  }
}
