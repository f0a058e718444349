// C11's threads and locks as POSIX ones. librdkafka uses the former, which the thread sanitizer does not know: a thread
// made by thrd_create crashes in its first call that the sanitizer watches, and what a mtx_t orders looks like a race.
#if defined(__SANITIZE_THREAD__)

#include <cerrno>
#include <ctime>
#include <memory>
#include <pthread.h>
#include <threads.h>

namespace {

static_assert(sizeof(mtx_t) >= sizeof(pthread_mutex_t) && sizeof(cnd_t) >= sizeof(pthread_cond_t));

pthread_mutex_t* posix(mtx_t* mutex) { return reinterpret_cast<pthread_mutex_t*>(mutex); }
pthread_cond_t* posix(cnd_t* condition) { return reinterpret_cast<pthread_cond_t*>(condition); }

int result(int error) {
    if (error == 0) return thrd_success;
    if (error == EBUSY) return thrd_busy;
    if (error == ETIMEDOUT) return thrd_timedout;
    return error == ENOMEM ? thrd_nomem : thrd_error;
}

struct Start {
    thrd_start_t run;
    void* argument;
};

void* start(void* given) {
    const std::unique_ptr<Start> begun(static_cast<Start*>(given));
    return reinterpret_cast<void*>(static_cast<std::intptr_t>(begun->run(begun->argument)));
}

}  // namespace

extern "C" {

int thrd_create(thrd_t* thread, thrd_start_t run, void* argument) {
    auto given = std::make_unique<Start>(Start{run, argument});
    const int error = pthread_create(thread, nullptr, start, given.get());
    if (error == 0) static_cast<void>(given.release());
    return result(error);
}

int thrd_join(thrd_t thread, int* value) {
    void* returned = nullptr;
    const int error = pthread_join(thread, &returned);
    if (value != nullptr) *value = static_cast<int>(reinterpret_cast<std::intptr_t>(returned));
    return result(error);
}

int mtx_init(mtx_t* mutex, int type) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes,
                              (type & mtx_recursive) != 0 ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL);
    const int error = pthread_mutex_init(posix(mutex), &attributes);
    pthread_mutexattr_destroy(&attributes);
    return result(error);
}
int mtx_lock(mtx_t* mutex) { return result(pthread_mutex_lock(posix(mutex))); }
int mtx_trylock(mtx_t* mutex) { return result(pthread_mutex_trylock(posix(mutex))); }
int mtx_unlock(mtx_t* mutex) { return result(pthread_mutex_unlock(posix(mutex))); }
void mtx_destroy(mtx_t* mutex) { pthread_mutex_destroy(posix(mutex)); }

int cnd_init(cnd_t* condition) { return result(pthread_cond_init(posix(condition), nullptr)); }
int cnd_signal(cnd_t* condition) { return result(pthread_cond_signal(posix(condition))); }
int cnd_broadcast(cnd_t* condition) { return result(pthread_cond_broadcast(posix(condition))); }
int cnd_wait(cnd_t* condition, mtx_t* mutex) { return result(pthread_cond_wait(posix(condition), posix(mutex))); }
int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
    return result(pthread_cond_timedwait(posix(condition), posix(mutex), until));
}
void cnd_destroy(cnd_t* condition) { pthread_cond_destroy(posix(condition)); }

}  // extern "C"

#endif
