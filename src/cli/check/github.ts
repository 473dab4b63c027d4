import { toLine } from '../plain-line.ts'
import { nameOf } from './certificate-name.ts'
import { toMessage } from './junit.ts'
import { toFirstLine } from './text.ts'
import type { Verdict } from './verdict.ts'

/**
 * The result as annotations of a GitHub workflow
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands), after the first line.
 */
export function toGitHub(verdict: Verdict): string {
  const { certificates, problems } = verdict
  return [
    toFirstLine(verdict),
    ...problems.map(({ text, detail }) => command('error', text, detail ?? text)),
    ...certificates.map((certificate) =>
      command(
        certificate.level === 'WARNING' ? 'warning' : 'error',
        `${certificate.provider} ${certificate.place.label}: ${nameOf(certificate)}`,
        `${certificate.level}: ${toMessage(certificate)}`,
      ),
    ),
    '',
  ].join('\n')
}

function command(name: string, title: string, message: string): string {
  return `::${name} title=${escapeProperty(toLine(title, 150))}::${escapeData(toLine(message, 500))}`
}

/** The escapes that the runner decodes (https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts). */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
