import { rowsPerLook, type TimeSlice, visitIndexes } from '../time-slice.ts'
import type { ListedCertificate, ListedCertificates, ObservedList } from '../upstream/list-observer.ts'
import { type ListText, toListText } from './list-text.ts'

/** A list that was read. What it is compared by is made when it is needed, and once. */
export class ConvertedList {
  readonly list: ObservedList
  readonly #timeSlice: TimeSlice
  #certificates: Promise<readonly ListedCertificate[]> | null = null
  #text: Promise<ListText> | null = null

  constructor(list: ObservedList, timeSlice: TimeSlice) {
    this.list = list
    this.#timeSlice = timeSlice
  }

  certificates(): Promise<readonly ListedCertificate[]> {
    this.#certificates ??= toCertificates(this.list, this.#timeSlice)
    return this.#certificates
  }

  text(): Promise<ListText> {
    this.#text ??= this.certificates().then((certificates) => toListText(certificates, this.#timeSlice))
    return this.#text
  }

  /** Whether another list of the place has the same rows in the same order. */
  async isSameAs(other: ObservedList): Promise<boolean> {
    const { list } = this
    if (list.length !== other.length) return false
    for (let index = 0; index < list.length; index += 1) {
      if (index % rowsPerLook === 0 && this.#timeSlice.isOver()) await this.#timeSlice.next()
      if (!list.hasSameAt(index, other)) return false
    }
    return true
  }
}

export async function toCertificates(
  list: ListedCertificates,
  timeSlice: TimeSlice,
): Promise<readonly ListedCertificate[]> {
  const certificates: ListedCertificate[] = []
  await visitIndexes(list.length, timeSlice, (index) => void certificates.push(list.at(index)))
  return certificates
}
