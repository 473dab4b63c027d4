import type { ReadCertificate } from '../../catalog/certificate.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import type { OpenAICertificate } from './certificate.ts'
import type { OpenAIOrganization, OpenAIProject } from './places.ts'

export type OpenAIRefs = ReturnType<typeof createOpenAIRefs>

/** The types that refer to each other. */
export function createOpenAIRefs({ builder }: SchemaKit) {
  return {
    Organization: builder.objectRef<OpenAIOrganization>('OpenAIOrganization'),
    Project: builder.objectRef<OpenAIProject>('OpenAIProject'),
    Certificate: builder.objectRef<ReadCertificate<OpenAICertificate>>('OpenAICertificate'),
  }
}
