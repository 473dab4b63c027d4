import { readdirSync, readFileSync } from 'node:fs'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

const folder = 'docs/webhooks'
const names = readdirSync(folder).filter((name) => name.endsWith('.schema.json'))
const ajv = new Ajv2020.default({ allErrors: true, strictTypes: false, allowUnionTypes: true })
addFormats.default(ajv)
for (const name of names) ajv.addSchema(JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')), name)

/** The types of messages that have a schema in the documentation. */
export const documentedTypes: readonly string[] = names.map((name) => name.replace('.schema.json', ''))

/** What of a message its schema does not allow; null when it is valid. */
export function findSchemaErrors(message: { readonly type: string }): string | null {
  const validate = ajv.getSchema(`${message.type}.schema.json`)
  if (!validate) return `there is no schema for ${message.type}`
  return validate(message) ? null : ajv.errorsText(validate.errors)
}
