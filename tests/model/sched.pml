/* The runtime's queue and cancel protocol (engine/sched), for Spin.
 *
 * What happens under the runtime's lock is one atomic step here; whatever the
 * code does without the lock is a step of its own. A client submits jobs, a
 * canceller cancels any of them at any time; workers take, run and end jobs and
 * are lent to the loop of job 0; one context tells. A closer may end the
 * runtime at any time. test-model.py compiles this with
 *
 *   JOBS, LANE_j     how many jobs (2 or 3), and the lane of each (interactive 0, query 1, background 2)
 *   CAPACITY         of each lane
 *   LOOP             job 0 borrows a worker for a parallel loop
 *   ENDLESS          the jobs of the slow lanes, and the loop, end only when they are cancelled
 *   CLOSER           there is one
 *   MUTANT_…         a fault that must be found
 *
 * and checks the assertions, among them that where nothing can happen any more
 * everybody was told; with LIVE, that telling comes in every fair run. */

#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef LANE_2
#define LANE_2 0
#endif
#define SLOW_LANE 1

mtype = { NEW, PARKED, WAITING, RUNNING, DONE };

mtype state[JOBS] = NEW;
bool submitted[JOBS], cancelled[JOBS];
byte token[JOBS];       /* 0: not made, 1: made, 2: cancelled */
byte told[JOBS];
bool linked[JOBS];      /* in the delivery */
chan waiting[3] = [JOBS] of { byte };
chan parked = [JOBS] of { byte };
chan delivery = [JOBS] of { byte };
bool ready;             /* the context's source */
byte sleeping, woken, signals;
byte running[3];
byte wanted, borrowed;  /* the loop of job 0 */
bool loop_done;         /* none of its work is left */
bool urgent;            /* a job could start, and no worker is free */
bool closing;
byte ended;             /* workers */

#define LANE(j) ((j) == 0 -> LANE_0 : ((j) == 1 -> LANE_1 : LANE_2))
#define SLOW (running[1] + running[2])
#define ACTIVE (running[0] + SLOW + borrowed)
#ifdef MUTANT_CAP
#define MAY_START(l) (ACTIVE < WORKERS)
#else
#define MAY_START(l) (running[0] + SLOW < WORKERS && (l == 0 || SLOW + 1 < WORKERS) && \
                      (l != 2 || running[2] < (WORKERS / 2)))
#endif
#define CAN(l) (len(waiting[l]) > 0 && MAY_START(l))
#define CAN_ANY (CAN(0) || CAN(1) || CAN(2))
#define IDLE (ACTIVE < WORKERS)

inline settle() {
#ifndef MUTANT_WAKE
  if
  :: IDLE && (CAN_ANY || wanted > 0) && sleeping > woken -> woken++; signals++
  :: else
  fi;
#endif
  urgent = CAN_ANY && !IDLE
}

inline post(j) {
  if
  :: !linked[j] ->
     linked[j] = true;
     if
     :: len(delivery) == 0 -> ready = true
     :: else
     fi;
     delivery ! j
  :: else
  fi
}

inline finish(j) {
  state[j] = DONE;
  post(j)
}

byte room; /* of admit */
inline admit() {
  if
  :: len(parked) > 0 && len(waiting[SLOW_LANE]) < CAPACITY ->
     parked ? room;
     state[room] = WAITING;
     waiting[SLOW_LANE] ! room;
     room = 0
  :: else
  fi
}

/* Jobs of the interactive lane have one key. */
byte older;
inline add(j) {
  if
  :: LANE(j) == 0 && len(waiting[0]) > 0 -> waiting[0] ? older; finish(older); older = 0
  :: else
  fi;
  if
  :: len(waiting[LANE(j)]) < CAPACITY -> state[j] = WAITING; waiting[LANE(j)] ! j
  :: else ->
     if
     :: LANE(j) == SLOW_LANE -> state[j] = PARKED; parked ! j
     :: else -> finish(j) /* refused */
     fi
  fi
}

/* pk_job_cancel */
inline cancel(j, has_token) {
  d_step { has_token = cancelled[j]; cancelled[j] = true }
  if
  :: !has_token ->
  d_step {
    has_token = false;
    if
    :: state[j] == WAITING -> waiting[LANE(j)] ?? eval(j); finish(j); admit(); settle()
    :: state[j] == PARKED -> parked ?? eval(j); finish(j); settle()
#ifdef MUTANT_TWICE
    :: state[j] == RUNNING -> linked[j] = false; finish(j); has_token = token[j] == 1
#else
    :: state[j] == RUNNING -> has_token = token[j] == 1
#endif
    :: else
    fi
  }
  if
  :: has_token -> token[j] = 2
  :: else
  fi
  :: else
  fi;
  has_token = false
}

active proctype client() {
  byte j;
  for (j : 0 .. JOBS - 1) {
    d_step {
      submitted[j] = true;
      if
      :: closing -> finish(j)
      :: else -> add(j); settle()
      fi
    }
  }
}

active proctype canceller() {
  byte j;
  bool has_token;
  for (j : 0 .. JOBS - 1) {
    if
    :: submitted[j] -> cancel(j, has_token)
    :: true
    fi
  }
}

/* A chunk boundary, where the job sees its token. */
#ifdef ENDLESS
#define MAY_END(j) (LANE(j) == 0)
#else
#define MAY_END(j) true
#endif

inline execute(j) {
  /* pk_job_get_cancellable */
  d_step { if :: token[j] == 0 -> token[j] = 1 :: else fi }
#ifndef MUTANT_TOKEN
  if
  :: cancelled[j] -> token[j] = 2
  :: else
  fi;
#endif
#ifdef LOOP
  if
  :: j == 0 -> d_step { wanted = 1; loop_done = false; settle() }
  :: else
  fi;
#endif
  do
  :: token[j] == 2 -> break
  :: MAY_END(j) -> break
  od;
#ifdef LOOP
  if
  :: j == 0 ->
     loop_done = true;
     wanted = 0;
     borrowed == 0 /* waits for those who began, never for those who did not */
  :: else
  fi;
#endif
}

inline take(l) {
  waiting[l] ? j;
  state[j] = RUNNING;
  running[l]++;
  if
  :: l == SLOW_LANE -> admit()
  :: else
  fi;
  settle()
}

active [WORKERS] proctype worker() {
  byte j;
  do
  :: atomic {
       if
       :: IDLE && CAN(0) -> take(0)
       :: IDLE && !CAN(0) && CAN(1) -> take(1)
       :: IDLE && !CAN(0) && !CAN(1) && CAN(2) && wanted == 0 -> take(2)
       :: else ->
          if
          :: IDLE && wanted > 0 -> wanted--; borrowed++; settle(); goto help
          :: !(IDLE && wanted > 0) && closing -> ended++; goto over
          :: else -> sleeping++; goto sleep
          fi
       fi
     }
     execute(j);
     atomic {
       running[LANE(j)]--;
       finish(j);
       settle();
       j = 0
     }
     goto again;
sleep:
     atomic { signals > 0 -> signals--; sleeping--; if :: woken > 0 -> woken-- :: else fi }
     goto again;
help:
     do
     :: loop_done -> break
#ifndef MUTANT_LEAVE
     :: urgent -> break
#endif
#ifndef ENDLESS
     :: true -> loop_done = true; break /* the work was all taken */
#endif
     od;
     atomic {
       borrowed--;
       if
       :: !loop_done -> wanted++
       :: else -> wanted = 0
       fi;
       settle()
     }
again:
  od;
over:
  skip
}

active proctype context() {
  byte j;
  do
  :: ready ->
     do
     :: d_step { len(delivery) > 0 -> delivery ? j; linked[j] = false }
        assert(state[j] == DONE && told[j] == 0);
        told[j]++;
        j = 0
#ifdef MUTANT_READY
     :: len(delivery) == 0 -> ready = false; break /* not in one step: a post may come between */
#else
     :: atomic { len(delivery) == 0 -> ready = false; break }
#endif
     od
  od
}

#ifdef CLOSER
active proctype closer() {
  byte j;
  bool has_token;
  atomic {
    closing = true;
    for (j : 0 .. JOBS - 1) {
      if
      :: state[j] == WAITING -> waiting[LANE(j)] ?? eval(j); finish(j)
      :: state[j] == PARKED -> parked ?? eval(j); finish(j)
      :: else
      fi
    }
    signals = sleeping; /* broadcast */
    woken = sleeping
  }
  j = 0;
  do
  :: j < JOBS && state[j] == RUNNING -> cancel(j, has_token); j++
  :: j < JOBS && state[j] != RUNNING -> j++
  :: j >= JOBS -> break
  od;
  ended == WORKERS /* joins */
}
#endif

/* What a job may end as, where nothing can happen any more: told once, unless it is one of those that end only when they
 * are cancelled, and was not, or waits behind one. */
#ifdef ENDLESS
#define FAIR(j) (told[j] == 1 || (told[j] == 0 && LANE(j) != 0 && !cancelled[j]))
#else
#define FAIR(j) (told[j] == 1)
#endif

active proctype watch() {
  byte j;
  timeout ->
  for (j : 0 .. JOBS - 1) {
    assert(!submitted[j] || FAIR(j))
  }
}

/* No run goes on for ever without telling: checked with weak fairness. */
#if JOBS == 2
#define ALL_TOLD (told[0] == 1 && told[1] == 1)
#else
#define ALL_TOLD (told[0] == 1 && told[1] == 1 && told[2] == 1)
#endif
#ifdef LIVE
ltl all_are_told { <> ALL_TOLD }
#endif
