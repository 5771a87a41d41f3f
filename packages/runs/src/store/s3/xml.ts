const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/** Contents of all elements of a name, in answers of S3, whose elements of one name do not nest. */
export const tags = (xml: string, name: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, "g"))].map(([, content = ""]) => content);

/** Text of the first element of a name. */
export const firstTag = (xml: string, name: string): string | undefined => {
  const content = tags(xml, name)[0];
  return content?.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => entities[entity] as string);
};
