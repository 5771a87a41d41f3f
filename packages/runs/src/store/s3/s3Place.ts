import { StoreError } from "../store.js";

/** Where a store of S3 lies, and who asks. */
export interface S3Place {
  /** `s3://bucket/prefix`, for messages. */
  readonly name: string;
  /** The bucket. */
  readonly bucket: string;
  /** What all keys of the store begin with: empty, or ends with a slash. */
  readonly prefix: string;
  /** Address of the bucket; a key follows a slash. */
  readonly url: string;
  /** Region of the signatures. */
  readonly region: string;
  /** Public half of the credentials. */
  readonly accessKeyId: string;
  /** Secret half. */
  readonly secretAccessKey: string;
  /** What temporary credentials have besides. */
  readonly sessionToken?: string;
}

/** Variables that say where and who, as other programs of S3 read them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The place that `s3://bucket/prefix` names, with the usual variables: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`,
 * `AWS_REGION` (or `AWS_DEFAULT_REGION`; us-east-1), and `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL` for servers other than Amazon's.
 *
 * @throws StoreError where the text is no such address, or a variable is missing
 */
export function s3Place(text: string, env: Environment): S3Place {
  const [, bucket, path = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]+[a-z0-9])(?:\/(.*))?$/.exec(text) ?? [];
  const parts = path.replace(/\/$/, "").split("/");
  if (bucket === undefined || (parts.length > 1 && parts.includes("")) || parts.some((part) => /^\.\.?$/.test(part)))
    throw new StoreError(`a store of S3 must be s3://bucket/prefix, got ${text}; name a bucket and a folder in it`);
  const [accessKeyId, secretAccessKey] = [env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY];
  if (!accessKeyId || !secretAccessKey) {
    const missing = accessKeyId ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID";
    throw new StoreError(
      `${text} needs the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, got no ${missing}; set them, from a profile with: eval "$(aws configure export-credentials --format env)"`,
    );
  }
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || "us-east-1";
  const prefix = parts.join("/");
  return {
    name: prefix === "" ? `s3://${bucket}` : `s3://${bucket}/${prefix}`,
    bucket,
    prefix: prefix === "" ? "" : `${prefix}/`,
    url: bucketUrl(bucket, region, env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL),
    ...{ region, accessKeyId, secretAccessKey },
    ...(env.AWS_SESSION_TOKEN ? { sessionToken: env.AWS_SESSION_TOKEN } : {}),
  };
}

/** Amazon's buckets have hosts of their own, unless a dot in the name would break their certificate. */
function bucketUrl(bucket: string, region: string, endpoint: string | undefined): string {
  if (endpoint !== undefined) {
    if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint))
      throw new StoreError(
        `AWS_ENDPOINT_URL must be the address of a server, such as http://127.0.0.1:9000, got ${endpoint}; set it`,
      );
    return `${endpoint.replace(/\/+$/, "")}/${bucket}`;
  }
  const host = `s3.${region}.amazonaws.com`;
  return bucket.includes(".") ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
}
