import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { parse } from 'yaml'

/** The OpenAPI documents of the vendors. */
export interface Documents {
  /** Validates a body with the schema at this pointer of a document. Returns what is wrong, or undefined. */
  faultOf(body: unknown, document: string, pointer: readonly string[]): string | undefined
  /** The examples of a document for the 200 response to a GET. */
  examplesOf(document: string, path: string): readonly unknown[]
}

export async function readDocuments(folder: string, files: Readonly<Record<string, string>>): Promise<Documents> {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true })
  ajvFormats.default(ajv)
  ajv.addFormat('unixtime', { type: 'number', validate: Number.isSafeInteger })
  const documents = new Map<string, unknown>()
  for (const [name, file] of Object.entries(files)) {
    const source = await readFile(join(folder, file), 'utf8')
    const document: unknown = file.endsWith('.json') ? JSON.parse(source) : parse(source)
    documents.set(name, document)
    ajv.addSchema(Object(toJsonSchema(document)), name)
  }

  return {
    faultOf(body, document, pointer) {
      const fragment = pointer
        .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
        .join('/')
      const validate = ajv.getSchema(`${document}#/${fragment}`)
      if (!validate) return `the document has no ${pointer.join(' → ')}`
      return validate(body) ? undefined : ajv.errorsText(validate.errors)
    },
    examplesOf(document, path) {
      const content = ['paths', path, 'get', 'responses', '200', 'content'].reduce<unknown>(
        (node, step) => Object(node)[step],
        documents.get(document),
      )
      return Object.values(Object(content))
        .flatMap((media) => {
          const { example, examples } = Object(media)
          return [example, ...Object.values(Object(examples)).map((each) => Object(each).value)]
        })
        .filter((example) => example !== undefined)
    },
  }
}

/** Replaces `nullable` of OpenAPI 3.0, which JSON Schema does not have, and makes two exemptions. */
function toJsonSchema(node: unknown, name = ''): unknown {
  if (Array.isArray(node)) return node.map((item) => toJsonSchema(item))
  if (typeof node !== 'object' || node === null) return node
  const schema = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, toJsonSchema(value, key)]))
  const { type, nullable, enum: values } = schema
  // Exemption 1: in the published bundle, the words `on` and `off` have become booleans.
  if (name === 'ocspStapling' && Array.isArray(values)) return { ...schema, enum: ['on', 'off', 'not-set'] }
  // Exemption 2: the networks of an enrollment with no deployment are null, which only the prose says.
  const isNetwork = (name === 'production' || name === 'staging') && type === 'object'
  if (nullable !== true && !isNetwork) return schema
  return { ...schema, type: [type, 'null'], ...(Array.isArray(values) && { enum: [...values, null] }) }
}
