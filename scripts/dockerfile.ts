import { Copy, DockerfileParser, Env, type Instruction } from 'dockerfile-ast'

export type Step =
  | { readonly kind: 'workdir'; readonly path: string }
  | {
      readonly kind: 'copy'
      /** The stage that the files are from; null: the context. */
      readonly from: string | null
      readonly owner: string | null
      readonly sources: readonly string[]
      readonly target: string
    }
  | { readonly kind: 'run'; readonly command: string }

export interface Stage {
  readonly name: string | null
  readonly image: string
  /** What changes the file system, in order. */
  readonly steps: readonly Step[]
  readonly env: Readonly<Record<string, string>>
  readonly user: string | null
  readonly ports: readonly string[]
  readonly entrypoint: readonly string[] | null
  readonly command: readonly string[] | null
  readonly healthcheck: readonly string[] | null
}

type Draft = { -readonly [Member in keyof Stage]: Stage[Member] }

/**
 * Reads the stages of a Dockerfile.
 * @throws when it has an instruction or a form that the project does not use
 */
export function parseDockerfile(text: string): readonly Stage[] {
  const stages: Draft[] = []
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') stages.push(toStage(instruction))
    else apply(instruction, stages.at(-1))
  }
  return stages
}

function toStage(instruction: Instruction): Draft {
  const [image = '', as, name = null] = wordsOf(instruction)
  if (as !== undefined && as.toUpperCase() !== 'AS') throw new Error(`FROM ${image}: expected AS and a name`)
  return {
    name,
    image,
    steps: [],
    env: {},
    user: null,
    ports: [],
    entrypoint: null,
    command: null,
    healthcheck: null,
  }
}

function apply(instruction: Instruction, stage: Draft | undefined): void {
  if (!stage) throw new Error('expected FROM before all other instructions')
  const keyword = instruction.getKeyword()
  const content = instruction.getArgumentsContent() ?? ''
  const addStep = (step: Step) => {
    stage.steps = [...stage.steps, step]
  }
  if (keyword === 'WORKDIR') addStep({ kind: 'workdir', path: content })
  else if (keyword === 'RUN') addStep({ kind: 'run', command: content })
  else if (instruction instanceof Copy) addStep(toCopy(instruction))
  else if (instruction instanceof Env)
    stage.env = {
      ...stage.env,
      ...Object.fromEntries(instruction.getProperties().map((each) => [each.getName(), each.getValue() ?? ''])),
    }
  else if (keyword === 'USER') stage.user = content
  else if (keyword === 'EXPOSE') stage.ports = [...stage.ports, ...wordsOf(instruction)]
  else if (keyword === 'ENTRYPOINT') stage.entrypoint = parseArray(keyword, content)
  else if (keyword === 'CMD') stage.command = parseArray(keyword, content)
  else if (keyword === 'HEALTHCHECK')
    stage.healthcheck = parseArray(keyword, /\bCMD\s+(.*)$/s.exec(content)?.[1] ?? content)
  else throw new Error(`unexpected instruction ${keyword}`)
}

function wordsOf(instruction: Instruction): readonly string[] {
  return instruction.getArguments().map((argument) => argument.getValue())
}

function toCopy(instruction: Copy): Step {
  const paths = wordsOf(instruction)
  const flag = (name: string) =>
    instruction
      .getFlags()
      .find((each) => each.getName() === name)
      ?.getValue() ?? null
  return {
    kind: 'copy',
    from: flag('from'),
    owner: flag('chown'),
    sources: paths.slice(0, -1),
    target: paths.at(-1) ?? '',
  }
}

/** A command as an array: with a string, a shell would be started, which does not pass signals on. */
function parseArray(keyword: string, content: string): readonly string[] {
  if (!content.startsWith('[')) throw new Error(`${keyword} ${content}: expected an array of words`)
  const words: unknown = JSON.parse(content)
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string'))
    throw new Error(`${keyword} ${content}: expected an array of words`)
  return words
}
