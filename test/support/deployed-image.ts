import { readFileSync } from 'node:fs'
import { parseDockerfile, type Stage } from '../../scripts/dockerfile.ts'

function lastStage(): Stage {
  const stage = parseDockerfile(readFileSync('Dockerfile', 'utf8')).at(-1)
  if (!stage) throw new Error('the Dockerfile has no stage')
  return stage
}

/** The stage of the Dockerfile that becomes the image. */
export const imageStage = lastStage()

/** The environment variables that a configuration names. */
export function variablesOf(configuration: string): readonly string[] {
  return [...new Set([...configuration.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name))]
}
