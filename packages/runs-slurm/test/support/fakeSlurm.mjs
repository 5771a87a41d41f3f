#!/usr/bin/env node
// A cluster of one machine behind the names sbatch, squeue, scontrol and scancel: its queue is a folder, FAKE_SLURM, with a file for
// each task. Linked under these names; as `fakeSlurm.mjs run` it runs the tasks of an array one after the other.
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = process.env.FAKE_SLURM;
const queue = join(root, "queue");
mkdirSync(queue, { recursive: true });
const args = process.argv.slice(2);
const option = (name) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const tasks = () =>
  readdirSync(queue).map((file) => ({ file, ...JSON.parse(readFileSync(join(queue, file), "utf8")) }));
const save = ({ file, ...task }) => writeFileSync(join(queue, file), JSON.stringify(task));

const commands = {
  sbatch() {
    appendFileSync(join(root, "sbatch.log"), `${JSON.stringify(args)}\n`);
    if (option("partition") === "none") {
      process.stderr.write("sbatch: error: invalid partition specified: none\n");
      process.exit(1);
    }
    const job = String(readFileSync(join(root, "sbatch.log"), "utf8").split("\n").length);
    const script = join(root, `${job}.sh`);
    writeFileSync(script, readFileSync(0));
    const [, last] = /^0-(\d+)/.exec(option("array"));
    for (let index = 0; index <= Number(last); index++)
      save({
        file: `${job}_${index}`,
        job,
        index,
        name: option("job-name"),
        comment: option("comment"),
        state: "PENDING",
      });
    console.log(job);
    if (existsSync(join(root, "held"))) return;
    spawn(process.execPath, [fileURLToPath(import.meta.url), "run", job, script], {
      detached: true,
      stdio: "ignore",
    }).unref();
  },
  squeue() {
    if (existsSync(join(root, "away"))) process.exit(1);
    const lines = tasks().flatMap(({ name, job, index, state, comment }) => {
      // As the real one: tasks that are cancelled before they begin have one line together.
      const shown = state === "CANCELLED" ? "N/A" : index;
      return name === option("name") ? [`${job}|${shown}|${state}|${comment}`] : [];
    });
    for (const line of new Set(lines)) console.log(line);
  },
  scontrol() {
    if (args[0] === "show")
      return console.log(`SlurmctldPort = 6817\nMaxArraySize            = ${process.env.FAKE_MAX ?? 1001}`);
    const task = tasks().find(({ file }) => file === args[1]);
    save({ ...task, again: true });
    process.exit(1); // the script does not wait then
  },
  scancel() {
    for (const task of tasks())
      if (task.name === option("name") && task.state === "PENDING") save({ ...task, state: "CANCELLED" });
  },
  run() {
    const [, job, script] = args;
    const lost = join(root, "lose"); // index of a task that is to vanish once, as one whose machine crashed
    for (;;) {
      const task = tasks().find((one) => one.job === job && one.state === "PENDING");
      if (task === undefined) return;
      if (existsSync(lost) && Number(readFileSync(lost, "utf8")) === task.index) {
        rmSync(lost);
        rmSync(join(queue, task.file));
        continue;
      }
      const restart = task.restart ?? 0;
      save({ ...task, state: "RUNNING" });
      const env = {
        SLURM_ARRAY_JOB_ID: job,
        SLURM_ARRAY_TASK_ID: String(task.index),
        SLURM_RESTART_COUNT: String(restart),
      };
      spawnSync("bash", [script], { env: { ...process.env, ...env }, stdio: "ignore" });
      const { again } = JSON.parse(readFileSync(join(queue, task.file), "utf8"));
      if (again) save({ ...task, state: "PENDING", restart: restart + 1 });
      else rmSync(join(queue, task.file));
    }
  },
};

commands[args[0] === "run" ? "run" : basename(process.argv[1])]();
