#include "subscription.h"

namespace actbook {

Result<Subscription::Next> Subscription::Source::next() {
  while (!stopped_) {
    if (cursor_) {
      if (cursor_->next()) {
        checkpoint_ = cursor_->record().position();
        told_ = false;
        return Next(cursor_->record());
      }
      const auto status = cursor_->status();
      cursor_.reset();
      BOOST_OUTCOME_TRY(status);
      checkpoint_ = reading_to_;
    }
    // Waits only for somebody who knows that there is nothing more.
    const auto head =
        sequencer_.wait_beyond(checkpoint_, [&] { return stopped_ || !told_; }).position;
    if (head > checkpoint_) {
      reading_to_ = head;
      cursor_ = store_.query(query_, {.from = checkpoint_.next(), .to = head});
    } else if (!told_) {
      told_ = true;
      return Next(CaughtUp{checkpoint_});
    }
  }
  return Next(Stopped{});
}

void Subscription::Source::stop() {
  stopped_ = true;
  sequencer_.wake_watchers();
}

Subscription::Subscription(std::unique_ptr<Source> source) : source_(std::move(source)) {}
Subscription::Subscription(Subscription&&) noexcept = default;
Subscription& Subscription::operator=(Subscription&&) noexcept = default;
Subscription::~Subscription() = default;

Result<Subscription::Next> Subscription::next() { return source_->next(); }
void Subscription::stop() { source_->stop(); }
Position Subscription::checkpoint() const { return source_->checkpoint(); }

}  // namespace actbook
