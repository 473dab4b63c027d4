import { type Tracer, trace } from '@opentelemetry/api'

const library = 'certgraph'

/**
 * The tracer, or null while no SDK has registered a provider. Without one, the tracers of the API create spans that do
 * nothing: asking first takes a few nanoseconds, and creating them a hundred times as long.
 */
export function activeTracer(): Tracer | null {
  const provider = trace.getTracerProvider()
  if ('getDelegateTracer' in provider && typeof provider.getDelegateTracer === 'function')
    return provider.getDelegateTracer(library) ?? null
  return provider.getTracer(library)
}
