// A disk that loses power, or is full. To be preloaded (LD_PRELOAD) into a process.
//
// What a loss of power leaves, at its worst, is what was synced: SYNCED_FROM names a folder. After every fsync or fdatasync of a file below it, that file is copied as it is then to
// the same place below SYNCED_TO; what is written and not synced never gets there. Writing and copying exclude each
// other, so that no copy has half a write. Removing a file is taken as durable at once: this judges contents.

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <string>

namespace {

std::mutex mutex;

template <typename Function>
Function next(const char *name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

bool copied(int from, const std::string &target) {
    for (size_t at = target.find('/', 1); at != std::string::npos; at = target.find('/', at + 1)) {
        mkdir(target.substr(0, at).c_str(), 0700);
    }
    // Beside it first: a kill amid copying must leave what was synced before.
    const std::string part = target + ".part";
    const int to = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (to < 0) return false;
    static char buffer[1 << 16];
    ssize_t count = 0;
    for (off_t at = 0; (count = pread(from, buffer, sizeof buffer, at)) > 0; at += count) {
        if (write(to, buffer, count) != count) count = -1;
        if (count < 0) break;
    }
    return close(to) == 0 && count == 0 && rename(part.c_str(), target.c_str()) == 0;
}

int keep(int descriptor) {
    const char *from = getenv("SYNCED_FROM"), *to = getenv("SYNCED_TO");
    char path[4096];
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
    const ssize_t length = readlink(link.c_str(), path, sizeof path - 1);
    if (!from || !to || length < 0) return 0;
    path[length] = 0;
    struct stat status;
    if (strncmp(path, from, strlen(from)) != 0 || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    // Through this descriptor: closing another one of the same file would drop the locks that SQLite has on it.
    if (copied(descriptor, to + std::string(path + strlen(from)))) return 0;
    errno = EIO;
    return -1;
}

// As long as a file exists under the name that DISK_FULL_IF tells, there is no room left.
bool full() {
    const char *sign = getenv("DISK_FULL_IF");
    const int before = errno;
    const bool there = sign && access(sign, F_OK) == 0;
    errno = there ? ENOSPC : before;
    return there;
}

template <typename Call>
auto alone(Call call) {
    const std::lock_guard<std::mutex> guard(mutex);
    return call();
}

}  // namespace

extern "C" {

int fsync(int descriptor) {
    static auto real = next<int (*)(int)>("fsync");
    return alone([&] { return real(descriptor) == 0 ? keep(descriptor) : -1; });
}

int fdatasync(int descriptor) {
    static auto real = next<int (*)(int)>("fdatasync");
    return alone([&] { return real(descriptor) == 0 ? keep(descriptor) : -1; });
}

int unlink(const char *path) {
    static auto real = next<int (*)(const char *)>("unlink");
    return alone([&] {
        const char *from = getenv("SYNCED_FROM"), *to = getenv("SYNCED_TO");
        const int result = real(path);
        if (result == 0 && from && to && strncmp(path, from, strlen(from)) == 0) {
            real((to + std::string(path + strlen(from))).c_str());
            errno = 0;
        }
        return result;
    });
}

ssize_t pwrite(int descriptor, const void *data, size_t size, off_t at) {
    static auto real = next<ssize_t (*)(int, const void *, size_t, off_t)>("pwrite");
    return alone([&] { return full() ? -1 : real(descriptor, data, size, at); });
}

ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t at) {
    static auto real = next<ssize_t (*)(int, const void *, size_t, off64_t)>("pwrite64");
    return alone([&] { return full() ? -1 : real(descriptor, data, size, at); });
}

int posix_fallocate(int descriptor, off_t at, off_t size) {
    static auto real = next<int (*)(int, off_t, off_t)>("posix_fallocate");
    return full() ? ENOSPC : real(descriptor, at, size);
}

int posix_fallocate64(int descriptor, off64_t at, off64_t size) {
    static auto real = next<int (*)(int, off64_t, off64_t)>("posix_fallocate64");
    return full() ? ENOSPC : real(descriptor, at, size);
}

int ftruncate(int descriptor, off_t size) {
    static auto real = next<int (*)(int, off_t)>("ftruncate");
    return alone([&] { return real(descriptor, size); });
}

int ftruncate64(int descriptor, off64_t size) {
    static auto real = next<int (*)(int, off64_t)>("ftruncate64");
    return alone([&] { return real(descriptor, size); });
}

}  // extern "C"
