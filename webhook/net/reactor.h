// The one thread that owns the listener and every connection: polls, accepts, reads, frames,
// writes, keeps deadlines and budgets. It never waits for a handler (unless there are no workers,
// when it calls the handler itself) and never holds a lock but for a hand-over.
//
// Thread-safety: open() first; run() is the thread; drain(), stop() and wake() from any thread.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "webhook/net/connection.h"
#include "webhook/net/front.h"
#include "webhook/net/listener.h"
#include "webhook/net/workers.h"

namespace kaudit {

class Reactor {
 public:
  Reactor(const FrontOptions& options, TlsContext* tls, const FrontHandler& handler,
          FrontCounters& counters);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  Result<std::uint16_t> open();
  void run();
  void drain(std::chrono::milliseconds linger);
  void stop(std::chrono::milliseconds limit);

 private:
  void wake() const;
  [[nodiscard]] int poll_timeout();
  void accept_all();
  void adopt(Accepted&& accepted);
  void on_event(Connection& c, std::uint32_t events);
  void expire();
  void on_deadline(Connection& c);
  void collect_answers();
  void continue_in_turn();
  void take_orders();
  void begin_drain();
  void begin_stop();
  [[nodiscard]] bool finished();

  // The life of a connection; each step gives false when it has to wait for a poll or a worker.
  void advance(Connection& c);
  bool shake_hands(Connection& c);
  bool receive(Connection& c);
  bool write_out(Connection& c);
  bool is_deaf(Connection& c);
  void linger(Connection& c);
  // Frames input; gives how much it took. The phase says whether to go on.
  std::size_t frame(Connection& c, std::string_view input);
  void on_head(Connection& c, bool body_here);
  void on_request(Connection& c);
  [[nodiscard]] bool answers_itself(const Job& job) const;
  void answer_itself(Connection& c, Job& job);
  void on_framing_error(Connection& c);
  void await_more(Connection& c);
  void give_time(Connection& c, DeadlineKind kind, Clock::time_point since);
  void charge(Connection& c);
  bool make_room(Connection& c);
  void shed(Connection& c);
  void reply(Connection& c, std::string response, bool keep_alive);
  void refuse(Connection& c, int status, std::string_view reason);
  void arm(Connection& c, std::uint32_t interest);
  void later(Connection& c);
  void close_if_quiet(Connection& c);
  void close(Connection& c);
  void sweep();

  const FrontOptions& options_;
  const FramingLimits limits_;
  TlsContext* tls_;
  const FrontHandler& handler_;
  FrontCounters& counters_;
  Listener listener_;
  Workers workers_;
  Deadlines deadlines_;
  int epoll_ = -1, wake_ = -1;
  Clock::time_point now_;
  Clock::time_point accept_again_{};  // while starved of descriptors
  std::string buffer_;                // what one read gives, for all connections
  std::vector<std::unique_ptr<Connection>> connections_;
  std::deque<Connection*> in_turn_;  // have more to do without a poll
  std::vector<Connection*> gone_;
  std::vector<std::unique_ptr<Job>> answers_;
  struct AddressHash {
    std::size_t operator()(const PeerAddress& address) const noexcept;
  };
  std::unordered_map<PeerAddress, std::size_t, AddressHash> addresses_;
  std::size_t body_bytes_ = 0;        // of all connections and jobs
  std::size_t jobs_ = 0;              // with workers
  Clock::duration answering_{};       // in this turn, the reactor itself
  Clock::time_point answer_after_{};  // before: workers answer everything
  bool draining_ = false, linger_over_ = false, stopping_ = false;
  Clock::time_point linger_until_, stop_until_;

  // Orders from other threads: milliseconds, -1 none.
  std::atomic<std::int64_t> drain_order_{-1}, stop_order_{-1};
};

}  // namespace kaudit
