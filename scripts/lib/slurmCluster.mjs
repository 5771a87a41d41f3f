import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

const packages = ["slurmctld", "slurmd", "slurm-client", "munge"];
const nodes = ["n0", "n1"];

/**
 * Starts Slurm on this machine, as root: munged, slurmctld and two slurmd, of one core each, on loopback ports. All that it writes is in
 * `folder`. `{env, nodePid, startNode, stop}`; the clients need `env`.
 */
export async function slurmCluster(folder) {
  if (spawnSync("sh", ["-c", "command -v slurmctld slurmd sbatch munged"]).status !== 0) {
    run("apt-get", ["update"]);
    run("apt-get", ["install", "-y", "--no-install-recommends", ...packages]);
  }
  for (const name of ["state", ...nodes]) mkdirSync(join(folder, name), { recursive: true });
  const socket = join(folder, "munge.socket");
  writeFileSync(join(folder, "munge.key"), crypto.getRandomValues(new Uint8Array(1024)), { mode: 0o400 });
  const files = ["key-file=munge.key", "log-file=munge.log", "pid-file=munged.pid", "seed-file=munge.seed"];
  const munge = files.map((file) => file.replace("=", `=${folder}/`)).map((file) => `--${file}`);
  run("munged", ["--force", `--socket=${socket}`, ...munge]);
  const conf = join(folder, "slurm.conf");
  writeFileSync(conf, configuration(folder, socket));
  const env = { ...process.env, SLURM_CONF: conf };
  run("slurmctld", ["-f", conf], env);
  const startNode = (name) => run("slurmd", ["-f", conf, "-N", name], env);
  nodes.forEach(startNode);
  const pidOf = (name) => Number(readFileSync(join(folder, `${name}.pid`), "utf8"));
  for (const until = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 500))) {
    const { stdout } = spawnSync("sinfo", ["--noheader", "--format=%T %D"], { env, encoding: "utf8" });
    if (stdout?.trim() === `idle ${nodes.length}`) break;
    if (Date.now() > until) throw new Error(`two idle nodes are required, got ${stdout}; see the logs in ${folder}`);
  }
  return {
    env,
    startNode,
    nodePid: (name) => pidOf(`slurmd-${name}`),
    stop() {
      for (const name of [...nodes.map((node) => `slurmd-${node}`), "slurmctld", "munged"]) {
        if (!existsSync(join(folder, `${name}.pid`))) continue;
        try {
          process.kill(pidOf(name));
        } catch {} // has ended
      }
    },
  };
}

function run(program, args, env = process.env) {
  const { status, error, stderr } = spawnSync(program, args, { env, encoding: "utf8", stdio: ["ignore", 2, "pipe"] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} must end with status 0, got ${status}: ${stderr}`);
}

const configuration = (folder, socket) => `
ClusterName=check
SlurmctldHost=${hostname().split(".")[0]}(127.0.0.1)
SlurmctldPort=7917
AuthType=auth/munge
AuthInfo=socket=${socket},cred_expire=15
CryptoType=crypto/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd-%n.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SlurmdTimeout=10
SlurmctldTimeout=10
InactiveLimit=0
KillWait=5
SchedulerParameters=sched_interval=2,requeue_delay=0
MaxArraySize=6
${nodes.map((name, i) => `NodeName=${name} NodeAddr=127.0.0.1 NodeHostname=${hostname().split(".")[0]} Port=${7918 + i} CPUs=1 State=UNKNOWN`).join("\n")}
PartitionName=main Nodes=${nodes.join()} Default=YES MaxTime=INFINITE State=UP
`;
