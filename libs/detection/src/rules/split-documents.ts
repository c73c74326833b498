/** One document of a YAML stream. */
export interface YamlText {
  text: string;
  /** Lines of the stream before it. */
  linesBefore: number;
}

const MARK = /^---(?=\s|$)/;
const saysNothing = (line: string) => /^\s*(#|$)/.test(line);

/**
 * The documents of a YAML stream as texts of their own. A line that begins with `---` ends a document wherever it stands (YAML 1.2.2, 9.1.4).
 * What holds nothing but comments is left out.
 */
export function splitDocuments(stream: string): YamlText[] {
  const documents: YamlText[] = [];
  let lines: string[] = [];
  let linesBefore = 0;
  const finish = (next: number) => {
    if (!lines.every(saysNothing)) documents.push({ text: `${lines.join('\n').trimEnd()}\n`, linesBefore });
    lines = [];
    linesBefore = next;
  };
  stream.split(/\r?\n/).forEach((line, index) => {
    if (!MARK.test(line)) {
      lines.push(line);
      return;
    }
    finish(index);
    // Content may follow the mark on its line; the mark's place is kept, so that columns stay right.
    lines.push(line.replace(MARK, '   '));
    if (line.trim() === '---') {
      lines = [];
      linesBefore = index + 1;
    }
  });
  finish(0);
  return documents;
}
