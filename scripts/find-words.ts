import ts from 'typescript'
import { z } from 'zod'

const allowance = z.strictObject({
  /** Whole names, or a pattern between slashes. */
  names: z.array(z.string()).optional(),
  /** Folders or files; everywhere when left out. */
  in: z.array(z.string()).optional(),
  reason: z.string().min(1),
})

/** The form of scripts/words.yaml. */
export const WordList = z.strictObject({
  names: z.array(
    z.strictObject({
      /** Words that follow each other in a name, in any case: `one by one` is found in `createOneByOne`. */
      word: z.string().optional(),
      /** A whole name, in this case only. */
      name: z.string().optional(),
      in: z.array(z.string()).optional(),
      instead: z.string(),
      allow: z.array(allowance).default([]),
    }),
  ),
  phrases: z.array(z.strictObject({ phrase: z.string(), instead: z.string() })),
})

export type WordList = z.infer<typeof WordList>
export type Finding = { line: number; found: string; word: string; instead: string }
type NameRule = WordList['names'][number]

/** `PlaceIndex`, `placeIndex`, `PLACE_INDEX` and `place-index` are all the words place and index. */
export function splitName(name: string): string[] {
  const spaced = name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
  return spaced.toLowerCase().match(/[a-z]+|\d+/g) ?? []
}

function isIn(file: string, folders: string[] | undefined): boolean {
  return !folders || folders.some((folder) => file === folder || file.startsWith(`${folder}/`))
}

function isNamed(name: string, names: string[] | undefined): boolean {
  if (!names) return true
  return names.some((each) => (each.startsWith('/') ? new RegExp(each.slice(1, -1)).test(name) : each === name))
}

function matches({ word, name: whole }: NameRule, name: string): boolean {
  if (whole !== undefined) return name === whole
  const wanted = (word ?? '').split(' ')
  const words = splitName(name)
  return words.some((_, start) =>
    wanted.every((each, index) => words[start + index] === each || words[start + index] === `${each}s`),
  )
}

/** The rules that a name in this file breaks. */
export function checkName(list: WordList, file: string, name: string, line = 1): Finding[] {
  return list.names
    .filter((rule) => isIn(file, rule.in) && matches(rule, name))
    .filter(({ allow }) => !allow.some((each) => isIn(file, each.in) && isNamed(name, each.names)))
    .map((rule) => ({ line, found: name, word: rule.word ?? rule.name ?? '', instead: rule.instead }))
}

function checkText(list: WordList, text: string): Finding[] {
  return list.phrases.flatMap(({ phrase, instead }) =>
    // Words of one phrase may stand in two lines of a comment.
    [...text.matchAll(new RegExp(`\\b${phrase.replaceAll(' ', '[\\s/*#>|]+')}\\b`, 'gi'))].map((match) => ({
      line: text.slice(0, match.index).split('\n').length,
      found: match[0].replaceAll(/\s+/g, ' '),
      word: phrase,
      instead,
    })),
  )
}

/** Replaces code by a sign that is part of no word, and leaves comments and strings where they are. */
function maskCode(source: ts.SourceFile, text: string): string {
  const masked = text.split('')
  const visit = (node: ts.Node) => {
    if (ts.isJSDoc(node)) return
    const [start, end] = [node.getStart(source, false), node.getEnd()]
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)
    // Quotes are code, so that two strings are never one text. What stands between tokens is comments.
    const code = isText ? [start, end - 1] : Array.from({ length: end - start }, (_, index) => start + index)
    if (ts.isToken(node) && !ts.isJsxText(node)) for (const at of code) if (text[at] !== '\n') masked[at] = '\0'
    for (const child of node.getChildren(source)) visit(child)
  }
  visit(source)
  return masked.join('')
}

/** Checks names, comments and strings of a TypeScript or JavaScript file. */
export function checkCode(list: WordList, file: string, text: string): Finding[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const findings = checkText(list, maskCode(source, text))
  const visit = (node: ts.Node) => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
      findings.push(...checkName(list, file, node.text.replace('#', ''), line))
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return findings.sort((a, b) => a.line - b.line)
}

/** Checks a file of prose or configuration. */
export function checkProse(list: WordList, text: string): Finding[] {
  return checkText(list, text).sort((a, b) => a.line - b.line)
}
