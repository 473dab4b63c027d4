import { z } from 'zod'
import { expected } from './wording.ts'

const settings = ['enabled', 'disabled'] as const

/** `writes:` in the file: whether anything may be changed at a vendor. */
export const writesSchema = z.enum(settings, expected(settings.join(' or '))).default('disabled')
