#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# run.sh UTSIM SCRIPT FOLDER: an array of eight tasks on loopback, one of them requeued while it
# runs, prints after `utsim merge` what one process prints.

set -euo pipefail
[[ ${UTSIM_CLUSTER_TEST:-} == 1 ]] || { echo "needs UTSIM_CLUSTER_TEST=1"; exit 77; }
utsim=$1 script=$2 folder=$3
count=${UTSIM_CLUSTER_COUNT:-17000}
check=(--count="$count" --orders=4 --deep=100 --seed=3)

rm -rf "$folder"
mkdir -p "$folder"/{state,spool,log}
cd "$folder"

if ! command -v slurmctld slurmd sbatch munged >/dev/null; then
    apt-get update -q >log/apt 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        slurmctld slurmd slurm-client munge >>log/apt 2>&1
fi

# --- munge and Slurm on loopback ---------------------------------------------------------------

started=()
stop() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait
}
trap stop EXIT

fail() {
    echo "FAILED: $*"
    tail -n 20 log/* || true
    exit 1
}

dd if=/dev/urandom of=munge.key bs=1 count=1024 status=none
chmod 400 munge.key
munged --force --foreground --key-file=munge.key --socket="$folder/munge.socket" \
    --pid-file="$folder/munge.pid" --log-file="$folder/log/munged" \
    --seed-file="$folder/munge.seed" >log/munge 2>&1 &
started+=($!)

cat >slurm.conf <<END
ClusterName=utsim
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
SlurmctldPort=16817
SlurmdPort=16818
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$folder/slurm.conf

slurmctld -D -f slurm.conf >log/slurmctld 2>&1 &
started+=($!)
slurmd -D -f slurm.conf >log/slurmd 2>&1 &
started+=($!)
ready=no
for _ in {1..60}; do
    if [[ $(sinfo -h -o %t 2>/dev/null) == idle ]]; then ready=yes; break; fi
    sleep 1
done
[[ $ready == yes ]] || fail "no node is idle: $(sinfo 2>&1 || true)"

# --- the array ---------------------------------------------------------------------------------

job=$(UTSIM=$utsim RESULTS=$folder/results sbatch --parsable --array=1-8 "$script" "${check[@]}")
echo "job $job"

# A task that has finished a block and is in the midst of another one goes back into the queue.
requeued=
for _ in {1..1200}; do
    for part in results/part-*.jsonl; do
        [[ -s $part ]] || continue
        task=${part#results/part-} task=${task%.jsonl}
        [[ $(squeue -h -r -j "${job}_$task" -t RUNNING -o %T 2>/dev/null) == RUNNING ]] || continue
        scontrol requeue "${job}_$task" 2>>log/requeue || continue
        requeued=$task
        break 2
    done
    sleep 0.1
done
[[ -n $requeued ]] || fail "no task could be requeued"
echo "requeued task $requeued after $(wc -l <"results/part-$requeued.jsonl") blocks"

for _ in {1..1200}; do
    [[ -n $(squeue -h -j "$job" 2>/dev/null) ]] || break
    sleep 0.5
done
[[ -z $(squeue -h -j "$job" 2>/dev/null) ]] || fail "the array does not end: $(squeue)"
scontrol show job "$job" >log/jobs || true
[[ $(find results -name 'part-*.jsonl' | wc -l) == 8 ]] || fail "not all of the results are there"

# --- the comparison ----------------------------------------------------------------------------

for form in "" --json; do
    status=0
    "$utsim" merge results --no-failures $form >merged || status=$?
    one=0
    "$utsim" check "${check[@]}" --no-failures $form >whole || one=$?
    [[ $status == "$one" ]] || fail "merge ends with $status, one process with $one"
    cmp merged whole || fail "merged${form:+ with $form} is not what one process prints"
done
echo "eight tasks, one requeued: $(wc -c <whole) bytes, the same as those of one process"
