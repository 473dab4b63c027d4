import { type Activation, toActivation } from '../certificate-effect.ts'
import { toCertificatesHref } from '../certificate-query.ts'
import { formatCount } from '../format.ts'
import type { CertificateProjectsQuery } from '../generated/graphql.ts'
import type { Loaded } from '../use-loaded.ts'
import { Card } from './card.tsx'
import { Mark } from './certificate-cells.tsx'
import { LoadedNote } from './loaded-note.tsx'
import { PartProblem } from './part-problem.tsx'

interface ProjectsProps {
  readonly isActive: boolean | null
  readonly projects: Loaded<CertificateProjectsQuery>
}

/** The projects of an OpenAI organization in which a certificate is active. */
export function Projects({ isActive, projects }: ProjectsProps) {
  const { data, error, reload } = projects
  const certificate = data?.certificate
  const known = certificate?.__typename === 'OpenAICertificate' ? certificate : null
  const list = known?.projects
  const activation = toActivation(known)
  const lastIn = new Set(known?.lastActiveIn?.map(({ id }) => id))
  return (
    <Card
      name="projects"
      title="Projects"
      note={<LoadedNote part={projects} text={activation ? toActivationText(activation) : undefined} />}
    >
      {isActive ? <p class="body">It is active for the organization: all of its projects inherit it.</p> : null}
      {error === null ? null : <PartProblem error={error} what="Where it is active" onRetry={reload} />}
      {data === null && error === null ? (
        <ul class="rows" aria-hidden="true">
          <li>
            <span class="skeleton" />
          </li>
          <li>
            <span class="skeleton" />
          </li>
        </ul>
      ) : null}
      {list?.totalCount === 0 ? <p class="empty">It is not activated for any single project.</p> : null}
      {list && list.edges.length > 0 ? (
        <ul class="rows">
          {list.edges.map(({ active, node }) => (
            <li key={node.id}>
              <span class="grow">
                <a class="name" href={toCertificatesHref({ conditions: { placeIds: [node.id] } })}>
                  {node.label}
                </a>
                <span class="muted">{node.projectId}</span>
              </span>
              <span class="side">
                {active === null ? (
                  <Mark tone="unknown" icon="unknown" text="Unknown" />
                ) : (
                  <Mark tone="ok" icon="check" text="Activated" />
                )}
                {lastIn.has(node.id) ? <small>The only active one</small> : null}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {list && list.totalCount > list.edges.length ? (
        <p class="empty">{formatCount(list.totalCount - list.edges.length, 'more project')}</p>
      ) : null}
    </Card>
  )
}

const toActivationText = ({ activated, unknown }: Activation): string =>
  [
    ...(activated > 0 || unknown === 0 ? [`activated in ${formatCount(activated, 'project')}`] : []),
    ...(unknown > 0 ? [`unknown in ${formatCount(unknown, 'project')}`] : []),
  ].join(', ')
