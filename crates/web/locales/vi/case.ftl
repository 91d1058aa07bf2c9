# The page of a dossier as the office reads it.

# The head of the pages of the staff.

nav-desk = Quầy
nav-work = Nghiệp vụ
nav-leaders = Lãnh đạo
nav-control = Kiểm soát
nav-admin = Quản trị
nav-search = Tìm mọi hồ sơ
nav-stalled-late = { $instrument } đã đến giờ có hiệu lực ({ $at }) nhưng chưa chuyển được sang các đơn vị mới: các việc trên hồ sơ tạm dừng, hệ thống tự thử lại.
nav-stalled-ahead = Chưa chuẩn bị được việc chuyển theo { $instrument } (hẹn lúc { $at }); hệ thống tự thử lại.
nav-stalled-why = { $said } Lỗi: { $why }. Nếu không hết: bỏ phương án bằng lệnh { $undo }, hoặc gọi người vận hành.
nav-stalled-known = { $said } Quản trị viên và cán bộ kiểm soát đã thấy lỗi này trên trang của họ.
undrawn-title = Lỗi
undrawn = Hệ thống gặp lỗi khi vẽ trang này.

# What is left by a clock.

left-paused-citizen = Tạm dừng, chờ công dân
left-paused-payment = Tạm dừng, chờ nộp tiền
left-paused-outside = Tạm dừng, chờ bên ngoài
left-paused-confirm = Tạm dừng, chờ công dân xác nhận
left-answer-by = trả lời { $at }

# The citizen’s turn, as the office reads it.

case-citizen-supplies = Người dân gửi giấy tờ được yêu cầu
case-citizen-pays = Người dân nộp { $amount }
case-citizen-confirms = Người dân xác nhận

# The page of a dossier.

case-done = Đã ghi: { $act }.
case-answered = Đã trả lời, người dân được báo.
case-left-list = đã rời danh sách, còn { $count }
case-next = Sau
case-copy = Chép
case-erased = (dữ liệu cá nhân đã xóa)
case-me = { $name } (tôi)
case-back-found = Kết quả tìm
case-back-report = Biểu 06a
case-back-online = Hồ sơ trực tuyến
case-back-uncollected = Kết quả chờ trả
case-back-list = Danh sách việc
case-parts = Phần của hồ sơ
case-tab-summary = Tóm tắt
case-tab-form = Đơn
case-papers = Giấy tờ
case-tab-time = Thời gian
case-tab-opinions = Ý kiến
case-tab-fees = Phí
case-tab-messages = Trao đổi
case-history = Tiến trình
case-holder = Người giữ
case-owner = Chịu trách nhiệm:
case-to-route = Cần phân tuyến.
case-to-route-why = Đơn vị cũ đã tách, chưa rõ hồ sơ thuộc bên nào; { $unit } giữ và giải quyết.
case-to-route-act = Nói hồ sơ thuộc đơn vị nào
case-read-draft = Đọc dự thảo
case-choose-act = Chọn việc
case-form = Đơn, tờ khai
case-mark-answers = Đánh dấu mục sai
case-mark-answers-in = trong phần
case-mark-answers-hint = Ghi sai thế nào; công dân đọc nguyên văn. Để trống là không sai.
case-mark-answers-save = Lưu mục đánh dấu sai
case-mark-answers-note = Công dân chỉ sửa được đúng các mục bạn đánh dấu, sau khi bạn yêu cầu bổ sung.
case-no-papers = Hồ sơ không kèm giấy tờ.
case-beside = Xem cạnh thông tin
case-mark-save = Lưu đánh giá
case-mark-all-good = Tất cả đạt
case-paper-name = Tên
case-paper-kind = Loại
case-paper-count = Số bản
case-paper-mark = Đánh giá
case-mark-good = Đạt
case-mark-wrong = Không đạt
case-replaced = Đã có bản nộp lại
case-wrong-why = Lý do không đạt:
case-word-for-word = (công dân đọc nguyên văn)
case-marked-wrong = Không đạt: { $reason }
case-ledger = Ai đã giữ bao nhiêu phút làm việc
case-ledger-bar = phút làm việc chia theo người giữ, số liệu trong bảng dưới
case-ledger-minutes = Phút
case-ledger-time = Thời gian làm việc
case-ledger-sum = Từ lúc tiếp nhận đến bây giờ
case-ledger-holds = khớp từng phút
case-ledger-broken = không khớp, đã báo quản trị
case-ledger-now = bây giờ
case-opinions = Ý kiến phối hợp
case-fees = Phí, lệ phí
case-talk = Trao đổi với người nộp
case-talk-answer = Trả lời người nộp
case-talk-hint = Người nộp đọc nguyên văn và được báo. Cần giấy tờ thì dùng việc “Yêu cầu bổ sung”, không hỏi ở đây.
case-acts-aside = Quyết định và tóm tắt
case-acts = Quyết định
case-not-yet = Chưa được:
case-people = Người nộp, chủ hồ sơ
case-copy-dossier = Nhận hồ sơ mới, chép người nộp và tờ khai này
case-issued = Giấy tờ của cơ quan

# Its state and its flags.

case-status-late = { $status }, quá hạn { $time }
case-flag-owed = Chưa nộp { $amount }
case-flag-fee = Phí đang ghi { $fee }, theo tờ khai { $counted }
case-flag-overpaid = Nộp thừa { $amount }, phải trả lại
case-flag-provisional = Ngày hẹn tạm tính, chờ lịch nghỉ lễ
case-flag-head = Vị trí chưa có người, người đứng đầu giữ
case-flag-missed = Quá hạn hẹn đầu { $day }, đã xin lỗi và hẹn lại
case-flag-apologised = Đã xin lỗi và hẹn lại
case-flag-wrong = { $count } giấy tờ, mục khai chưa đạt
case-flag-wrong-one = { $count } giấy tờ, mục khai chưa đạt
case-flag-unseen = { $count } giấy tờ chưa xem
case-flag-unseen-one = { $count } giấy tờ chưa xem
case-draft-granted = Dự thảo: giải quyết theo yêu cầu
case-draft-declined = Dự thảo: từ chối giải quyết

# Its clocks.

case-clock-answer = Trả lời công dân chậm nhất
case-clock-step = Bước này nên xong
case-clock-promised = Hẹn trả công dân
case-clock-law = Hạn luật định
case-clock-apologised = ban đầu { $at }, đã xin lỗi
case-clock-moved = ban đầu { $at }, dời vì đồng hồ tạm dừng
case-clock-early = Xong trước hạn
case-clock-on-time = Xong đúng hạn
case-clock-late = Xong quá hạn
case-clock-paused = đồng hồ dừng, còn { $time } khi chạy tiếp
case-since = từ { $at }
case-owned-by-nobody = không còn, hồ sơ đã kết thúc
case-no-act = Bạn không có việc gì ở hồ sơ này lúc này. { $holder } đang giữ.
case-no-act-ended = Hồ sơ đã kết thúc, không còn việc gì.

# Its papers and its money.

case-kind-data = lấy từ dữ liệu của Nhà nước
case-kind-shown = bản chính, đã đối chiếu
case-kind-both = bản chính và bản sao
case-kind-original = bản chính
case-kind-copy = bản sao
case-kind-unknown = chưa ghi
case-fee-owed = Phải nộp
case-fee-paid = Đã nộp
case-fee-first = thu đủ rồi mới trả kết quả
case-fee-over = Nộp thừa
case-paid = { $amount }, { $method }
case-paid-receipt = { $amount }, { $method }, biên lai { $number }
case-refunded = trả lại { $amount }, { $method }
case-refunded-slip = trả lại { $amount }, { $method }, phiếu chi { $number }
case-by-cash = tiền mặt
case-by-transfer = chuyển khoản
case-by-online = trực tuyến
case-share-citizen = Công dân (đồng hồ dừng)
case-share-payment = Công dân, chờ nộp tiền (đồng hồ dừng)
case-share-outside = Cơ quan ngoài hệ thống

# Its people.

case-personal-data = Dữ liệu cá nhân
case-personal-erased = đã xóa
case-capacity = Tư cách
case-capacity-for = nộp thay cho chủ hồ sơ
case-applicant = Chủ hồ sơ
case-number = Số định danh
case-channel = Kênh nộp
case-typed = Tờ khai
case-typed-by = cán bộ nhập giúp: { $name }
case-notices = Báo tin
case-notices-text = tin nhắn
case-notices-none = không nhận tin nhắn
case-mismatch = Thẻ và số không khớp
case-mismatch-why = vẫn nhận, vì: { $reason }
case-rules = Theo quy định
case-rules-revision = bản { $number } của thủ tục, giữ từ ngày nộp
case-put-right = công dân sửa { $at }, trước là { $said }
case-left-empty = để trống
case-words-fill = Phần ghi bằng chữ tự điền.

# What a request asks about answers that are marked.

case-ask-answers = Mục nào của tờ khai cần sửa
case-ask-answers-hint = Những mục đã đánh dấu sai ở trang hồ sơ. Công dân chỉ sửa được đúng các mục này.
case-ask-answer-what = Sai ở đâu, sửa thế nào: mục “{ $question }”

# A document beside the data.

side-page = Giấy tờ hồ sơ { $code }
side-done = Đã làm: { $act }, hồ sơ { $code }. Đây là hồ sơ tiếp theo.
side-dossier = Trang hồ sơ { $code }
side-none = Hồ sơ không kèm giấy tờ
side-draft-text = Nội dung trình
side-earlier = Bản trước, đã nộp lại: { $paper }
side-previous = ‹ Giấy trước
side-next = Giấy sau ›
side-smaller = Thu vừa khung
side-larger = Phóng to gấp đôi
side-open = Mở riêng:
side-cannot-show = Trình duyệt không hiện được loại tệp này.
side-download = Tải về:
side-draft-empty = Người trình không ghi nội dung và không kèm tệp dự thảo.
side-no-file = Không có tệp: giấy này nộp bản giấy, hoặc lấy từ dữ liệu của Nhà nước.
side-sign = Ký
side-sign-next = Ký và sang hồ sơ sau
side-cannot-sign = Bạn không ký được hồ sơ này lúc này.
side-send-back-why = Chuyển trả, ghi lý do
side-send-back = Chuyển trả
side-others = Ký thay:
side-away = { $name }: vắng, thôi quyền ký từ { $day }
side-until = { $name }: được ký thay, đến hết { $day }
side-too = { $name }: cũng được ký
side-from = { $name }: được ký từ { $day }
side-mark = Đánh giá giấy này
side-mark-why = Lý do, nếu không đạt
side-facts = Thông tin để đối chiếu

# Messages that wait for an answer.

messages-title = Tin nhắn chờ trả lời
messages-late = quá hạn trả lời
messages-none = Không có tin nhắn nào của người dân đang chờ bạn trả lời.
messages-table = Tin nhắn của người dân chờ trả lời, gấp nhất ở trên
messages-by = Trả lời trước
messages-submitter = Người nộp
messages-text = Hỏi gì
messages-owner = Ai trả lời

# Reading what is not one’s task, and who read what.

reading-page = Lý do xem hồ sơ
reading-title = Vì sao cần xem hồ sơ này?
reading-not-yours = không nằm trong việc được giao cho bạn.
reading-holder = Hồ sơ do { $unit } giải quyết.
reading-note = Hồ sơ có dữ liệu cá nhân. Lý do, tên của bạn và thời điểm xem được ghi vào nhật ký; cán bộ kiểm soát và chủ hồ sơ có thể đọc nhật ký đó.
reading-reason = Lý do
reading-asked = Trả lời công dân hỏi trực tiếp hoặc qua điện thoại
reading-helps = Phối hợp xử lý theo yêu cầu của người đang giữ
reading-checks = Kiểm tra, giám sát theo kế hoạch
reading-routes = Phân tuyến hồ sơ của đơn vị đã chia
reading-other = Lý do khác
reading-words = Ghi rõ: ai hỏi, để làm gì
reading-choose = Chọn một lý do ở trên, rồi ghi rõ.
reading-too-short = Ghi ít nhất 10 ký tự: ai hỏi, để làm gì.
reading-too-long = Ghi gọn lại, không quá 400 ký tự.
reading-open = Mở hồ sơ
reading-leave = Không xem nữa
reading-log-title = Kiểm soát thủ tục hành chính
reading-log-filter = Lọc
reading-log-cut = Chỉ liệt kê 2.000 lần xem mới nhất: chọn ngày để xem lần cũ hơn.
reading-log-hint = Gõ đủ một mã hồ sơ thì thấy cả những lần hồ sơ đó đứng trong danh sách.
reading-log-none = Không có lần xem nào khớp.
reading-log-table = Nhật ký xem dữ liệu cá nhân, mới nhất ở trên
reading-log-who = Ai xem
reading-log-own = hồ sơ của mình
reading-log-task = việc được giao
reading-log-outside = ngoài việc được giao:
