import type { InputFieldBuilder, InputFieldMap } from '@pothos/core'
import { idempotencyKeyExpected } from '../idempotency-key.ts'
import type { Builder, Types } from './builder.ts'

/** Creates the function that registers the input of a mutation. Every input has the fields that all mutations share. */
export function createMutationInput(builder: Builder) {
  return <Fields extends InputFieldMap>(
    name: string,
    description: string,
    fields: (t: InputFieldBuilder<Types, 'InputObject'>) => Fields,
  ) =>
    builder.inputType(name, {
      description,
      fields: (t) => ({
        ...fields(t),
        dryRun: t.boolean({
          defaultValue: false,
          description: 'Runs all checks and returns the result without changing anything.',
        }),
        idempotencyKey: t.string({
          description:
            'Identifies the request, so that it can be repeated: for 24 hours, the same key and input return the first ' +
            `result and change nothing. The same key with another input is rejected. ${idempotencyKeyExpected}. ` +
            'Alternatively the header `Idempotency-Key`.',
        }),
      }),
    })
}

export type RegisterMutationInput = ReturnType<typeof createMutationInput>
