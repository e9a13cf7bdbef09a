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
 *   CLOSER           there is one; ONLY_CLOSER: and no canceller
 *   LEFT             job 0 does not hear its cancel: it is told and left, and another thread takes its worker's place
 *   AGEING           who waits grows older, and counts as of a higher lane; with
 *   RETURNING        the queries come back whenever they were told, for ever
 *   MUTANT_…         a fault that must be found
 *
 * and checks the assertions, among them that where nothing can happen any more
 * everybody was told; with LIVE, that telling comes in every fair run (with RETURNING: that of the other jobs). */

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
bool was_told[JOBS], freed[JOBS];
bool is_left[JOBS], has_returned[JOBS], leaving[JOBS];
byte n_left, spawn;
#ifdef LEFT
byte threads;           /* start with the first job; so do those that take a left one's place */
bool returns = true;    /* what job 0 does some time after it was left */
#else
byte threads = WORKERS;
#endif
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

#ifdef AGEING
byte age[JOBS];         /* in units of age_ns: 2 at most, which is as high as it counts */
byte stamp[JOBS];       /* order of arrival of those who wait: 1 is the oldest; 0: it does not wait */
byte nth, oldest;
inline stamp_in(j) {
  oldest = 0;
  for (nth : 0 .. JOBS - 1) {
    if
    :: stamp[nth] > oldest -> oldest = stamp[nth]
    :: else
    fi
  }
  stamp[j] = oldest + 1;
  age[j] = 0;
  nth = 0;
  oldest = 0
}
inline stamp_out(j) {
  for (nth : 0 .. JOBS - 1) {
    if
    :: stamp[nth] > stamp[j] -> stamp[nth]--
    :: else
    fi
  }
  stamp[j] = 0;
  age[j] = 0;
  nth = 0
}
#define AS(j) (LANE(j) > age[j] -> LANE(j) - age[j] : 0)

/* pk_lanes_peek: of the lanes' heads that may start the one that counts highest, the oldest of equals. */
byte best, head;
inline pick_from(l) {
  if
  :: CAN(l) ->
     waiting[l] ? <head>;
     if
     :: best == JOBS || AS(head) < AS(best) || (AS(head) == AS(best) && stamp[head] < stamp[best]) -> best = head
     :: else
     fi
  :: else
  fi
}
inline pick() {
  best = JOBS;
  pick_from(0);
  pick_from(1);
  pick_from(2);
  head = 0
}
#else
#define stamp_in(j) skip
#define stamp_out(j) skip
#endif
#define CAN_ANY (CAN(0) || CAN(1) || CAN(2))
#define IDLE (ACTIVE < WORKERS)

#ifdef MUTANT_REPLACE
#define REPLACED 0
#else
#define REPLACED n_left
#endif

inline settle() {
#ifndef MUTANT_WAKE
  if
  :: IDLE && (CAN_ANY || wanted > 0) && sleeping > woken -> woken++; signals++
#ifdef LEFT
  :: IDLE && (CAN_ANY || wanted > 0) && sleeping <= woken && woken == 0 && threads < WORKERS + REPLACED && !closing ->
     threads++;
     spawn++
#endif
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
     stamp_in(room);
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
  :: len(waiting[LANE(j)]) < CAPACITY -> state[j] = WAITING; stamp_in(j); waiting[LANE(j)] ! j
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
    :: state[j] == RUNNING ->
       has_token = token[j] == 1;
#ifdef LEFT
       leaving[j] = j == 0 /* a timer of its context */
#endif
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

inline come_back(j) {
  state[j] = NEW;
  told[j] = 0;
  was_told[j] = false;
  freed[j] = false;
  token[j] = 0;
  add(j);
  settle()
}

active proctype client() {
  byte j = 0;
  for (j : 0 .. JOBS - 1) {
    d_step {
      submitted[j] = true;
      if
      :: closing -> finish(j)
      :: else -> add(j); settle()
      fi
    }
  }
#ifdef RETURNING
  do
  :: atomic { freed[0] && LANE(0) == SLOW_LANE -> come_back(0) }
  :: atomic { freed[1] && LANE(1) == SLOW_LANE -> come_back(1) }
  od
#endif
}

#ifdef AGEING
/* Time passes for all who wait. */
active proctype clock() {
  byte j;
  do
  :: d_step {
       (stamp[0] > 0 && age[0] < 2) || (stamp[1] > 0 && age[1] < 2) || (stamp[JOBS - 1] > 0 && age[JOBS - 1] < 2) ->
       for (j : 0 .. JOBS - 1) {
         if
#ifdef MUTANT_AGE
         :: stamp[j] > 0 && age[j] < 2 && LANE(j) != 2 -> age[j]++
#else
         :: stamp[j] > 0 && age[j] < 2 -> age[j]++
#endif
         :: else
         fi
       }
       j = 0
     }
  od
}
#endif

#if !defined(RETURNING) && !defined(ONLY_CLOSER)
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
#endif

/* A chunk boundary, where the job sees its token. */
#ifdef ENDLESS
#define MAY_END(j) (LANE(j) == 0)
#else
#define MAY_END(j) true
#endif

/* A deaf job returns when it likes, or never. */
#ifdef LEFT
#define HEARS(j) ((j) != 0 || (is_left[0] && returns))
#else
#define HEARS(j) true
#endif

inline execute(j) {
  /* pk_job_get_cancellable */
  d_step { if :: token[j] == 0 -> token[j] = 1 :: else fi }
#ifdef LEFT
  if
  :: j == 0 -> if :: returns = true :: returns = false fi
  :: else
  fi;
#endif
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
  :: token[j] == 2 && HEARS(j) -> break
  :: MAY_END(j) -> break
  od;
#ifdef LEFT
  assert(!freed[j]); /* its data live as long as it runs */
#endif
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
  stamp_out(j);
  state[j] = RUNNING;
  running[l]++;
  if
  :: l == SLOW_LANE -> admit()
  :: else
  fi;
  settle()
}

inline end(j) {
  if
  :: is_left[j] ->
#ifdef MUTANT_PLACE
     running[LANE(j)]--;
#endif
     n_left--;
     has_returned[j] = true;
     post(j)
  :: else -> running[LANE(j)]--; finish(j)
  fi;
  settle();
  j = 0
}

#ifdef LEFT
active [WORKERS + 1] proctype worker() {
  byte j;
rest:
  atomic { spawn > 0 -> spawn-- }
#else
active [WORKERS] proctype worker() {
  byte j;
#endif
  do
#ifdef AGEING
  :: atomic {
       pick();
       if
       :: IDLE && best < JOBS && LANE(best) == 0 -> take(0)
       :: IDLE && best < JOBS && LANE(best) == 1 -> take(1)
       :: IDLE && best < JOBS && LANE(best) == 2 -> take(2)
       :: else ->
          if
          :: closing -> ended++; goto over
          :: else -> sleeping++; goto sleep
          fi
       fi
     }
#else
  :: atomic {
       if
       :: IDLE && CAN(0) -> take(0)
       :: IDLE && !CAN(0) && CAN(1) -> take(1)
       :: IDLE && !CAN(0) && !CAN(1) && CAN(2) && wanted == 0 -> take(2)
       :: else ->
          if
          :: IDLE && wanted > 0 -> wanted--; borrowed++; settle(); goto help
          :: !(IDLE && wanted > 0) && closing -> ended++; goto over
#ifdef LEFT
          :: !(IDLE && wanted > 0) && !closing && threads > WORKERS + n_left -> threads--; goto rest
#endif
          :: else -> sleeping++; goto sleep
          fi
       fi
     }
#endif
     execute(j);
     atomic { end(j) }
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
  bool tells, ends;
  do
  :: ready ->
     do
     :: d_step {
          len(delivery) > 0 ->
          delivery ? j;
          linked[j] = false;
          tells = state[j] == DONE && !was_told[j];
#ifdef MUTANT_FREE
          ends = state[j] == DONE && !freed[j];
#else
          ends = state[j] == DONE && (!is_left[j] || has_returned[j]);
#endif
          was_told[j] = was_told[j] || tells
        }
        atomic {
          assert(state[j] == DONE && (tells || ends));
          if
          :: tells -> assert(told[j] == 0); told[j]++
          :: else
          fi;
          if
          :: ends -> assert(told[j] == 1 && !freed[j]); freed[j] = true
          :: else
          fi;
          j = 0;
          tells = false;
          ends = false
        }
#ifdef MUTANT_READY
     :: len(delivery) == 0 -> ready = false; break /* not in one step: a post may come between */
#else
     :: atomic { len(delivery) == 0 -> ready = false; break }
#endif
     od
#ifdef LEFT
  :: atomic {
       leaving[0] ->
       leaving[0] = false;
       if
       :: state[0] == RUNNING ->
          running[LANE(0)]--;
          is_left[0] = true;
          n_left++;
          finish(0);
          settle()
       :: else
       fi
     }
#endif
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
  ended == threads /* joins */
}
#endif

/* What a job may end as, where nothing can happen any more: told once, unless it is one of those that end only when they
 * are cancelled, and was not, or waits behind one. */
#ifdef ENDLESS
#define FAIR(j) (told[j] == 1 || (told[j] == 0 && LANE(j) != 0 && !cancelled[j]))
#else
#define FAIR(j) (told[j] == 1)
#endif
#define DATA_ARE_GONE(j) (told[j] == 0 || freed[j] || (is_left[j] && !has_returned[j]))

active proctype watch() {
  byte j;
  timeout ->
  for (j : 0 .. JOBS - 1) {
    assert(!submitted[j] || FAIR(j));
    assert(DATA_ARE_GONE(j))
  }
}

/* No run goes on for ever without telling: checked with weak fairness. */
#ifdef RETURNING
#define ALL_TOLD (told[JOBS - 1] == 1)
#elif JOBS == 2
#define ALL_TOLD (told[0] == 1 && told[1] == 1)
#else
#define ALL_TOLD (told[0] == 1 && told[1] == 1 && told[2] == 1)
#endif
#ifdef LIVE
ltl all_are_told { <> ALL_TOLD }
#endif
