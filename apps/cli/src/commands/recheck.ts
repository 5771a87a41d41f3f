import { dirname, resolve } from "node:path";
import { readCertificateFile } from "@monosema/audit";
import { FormatError, openSafetensors } from "@monosema/tensor";
import { withFile } from "@monosema/tensor/node";
import { recheck as recheckOne } from "@monosema/theory";
import type { Command } from "../command.js";
import { noBackend } from "../session.js";
import { UsageError } from "../usageError.js";

/** `monosema recheck`. */
export const recheck: Command = {
  usage: "recheck CERTIFICATES",
  summary: "Verifies the certificates of an audit by plain products, without what made them.",
  options: {},
  positionals: ["CERTIFICATES"],
  writes: [],
  async run(session) {
    const path = resolve(session.given.positionals[0] as string);
    const file = await withFile(path, async (source) => (await openSafetensors(source)).readAll(), path).catch(
      (error) => {
        if (error instanceof FormatError) throw error;
        throw new UsageError(
          `recheck needs a readable file, got ${path} (${error.code ?? error.message}); check the path`,
          {
            cause: error,
          },
        );
      },
    );
    const certificates = readCertificateFile(file, path).map((certificate, id) => ({
      id,
      kind: certificate.kind,
      ...recheckOne(certificate),
    }));
    const failed = certificates.filter(({ holds }) => !holds);
    session.finish(
      session.document(noBackend, dirname(path), {
        hold: certificates.length - failed.length,
        failed: failed.length,
        certificates,
      }),
      [
        ...failed.map(({ id, kind, detail }) => `certificate ${id}, ${kind}, does not hold: ${detail}`),
        `${certificates.length - failed.length} of ${certificates.length} certificates hold`,
      ].join("\n"),
    );
    if (failed.length > 0) throw new RangeError(`${failed.length} certificates do not hold; do not rely on them`);
  },
};
