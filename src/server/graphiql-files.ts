import { once } from 'node:events'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

/** The files of GraphiQL, as the package has them, with the changes below. */
export interface GraphiQLFiles {
  readonly js: Uint8Array<ArrayBuffer>
  readonly css: Uint8Array<ArrayBuffer>
  readonly icon: Uint8Array<ArrayBuffer>
  readonly editorWorkerService: Uint8Array<ArrayBuffer>
  readonly jsonWorker: Uint8Array<ArrayBuffer>
  readonly graphqlWorker: Uint8Array<ArrayBuffer>
}

const require = createRequire(import.meta.url)
const packagePath = require.resolve('@graphql-yoga/render-graphiql/graphiql')

/** What the minified code of GraphiQL 5 is changed to. */
const changes: readonly (readonly [RegExp, string])[] = [
  // A tab that may be dragged inside the list only is moved aside when the list gets its size. A style hides that until
  // the mouse is pressed: the tab jumps away, and the click is lost.
  [/(\(\w+,\{)dragConstraints:\w+,(value:\w+,isActive:)/, '$1$2'],
  // The explorer sorts fields by name. The order of the schema begins with what matters most, such as `certificates`.
  [/(Object\.keys\(\w+\))\.sort\(\)(\.map\(function\(\w+\)\{return \w+\.createElement\(\w+,\{key:\w+,field:)/g, '$1$2'],
]

/** Ends when it has sent the files. */
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const { js, css, favicon, editorWorkerService, jsonWorker, graphqlWorker } = require(workerData.packagePath)
const texts = {
  js: workerData.changes.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), js),
  css, editorWorkerService, jsonWorker, graphqlWorker,
}
const files = { icon: Uint8Array.from(atob(favicon.slice(favicon.indexOf(',') + 1)), (each) => each.charCodeAt(0)) }
for (const [name, text] of Object.entries(texts)) files[name] = new TextEncoder().encode(text)
parentPort.postMessage(files, Object.values(files).map(({ buffer }) => buffer))
`

/** Loads the files in a thread of their own: they are nine megabytes of JavaScript, whose import takes 100 ms. */
export async function loadGraphiQLFiles(): Promise<GraphiQLFiles> {
  const worker = new Worker(program, { eval: true, execArgv: [], workerData: { packagePath, changes } })
  const [files] = (await once(worker, 'message')) as [GraphiQLFiles]
  return files
}
